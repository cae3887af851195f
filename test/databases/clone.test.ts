import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { createClone, dropClone, exchangeClone } from '../../src/databases/clone.js'
import type { PostgresAccess } from '../../src/databases/postgres-access.js'
import type { PostgresGroup } from '../../src/databases/postgres-group.js'
import { endSessions } from '../../src/databases/sessions.js'
import { planTemplate, type Template } from '../../src/databases/template.js'
import { startGroup } from './place.js'

const definition = {}
let group: PostgresGroup
let access: PostgresAccess
let template: Template

beforeAll(async () => {
  group = await startGroup([definition])
  ;({ access } = group)
  template = group.templates.get((await planTemplate(definition)).fingerprint) as Template
})

async function exists(database: string): Promise<boolean> {
  return (await access.admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])).rows.length > 0
}

async function openSession(database: string): Promise<pg.Client> {
  const client = new pg.Client(access.url({ database, role: 'owner' }))
  client.on('error', () => {})
  await client.connect()
  return client
}

describe('a clone', () => {
  test('belongs to the owner, and is dropped whoever is connected', async () => {
    await createClone(access, template, 'one')
    const client = await openSession('one')
    await client.query('CREATE TABLE a ()')

    await dropClone(access, 'one')

    expect(await exists('one')).toBe(false)
    await expect(client.query('SELECT 1')).rejects.toThrow(/terminat|not queryable/)
    await dropClone(access, 'one')
  })

  test('that cannot be made says why', async () => {
    await createClone(access, template, 'twice')
    await expect(createClone(access, template, 'twice')).rejects.toMatchObject({
      code: 'ERR_HOTBED_CLONE',
      message: `The database 'twice' could not be made from its template: database "twice" already exists [ERR_HOTBED_CLONE]`,
      cause: { code: '42P04' },
    })
  })

  test('takes the place of another, whose sessions end and whose name is left to be dropped', async () => {
    await Promise.all(['used', 'fresh'].map((name) => createClone(access, template, name)))
    const client = await openSession('used')
    await client.query('CREATE TABLE a ()')

    const old = await exchangeClone(access, 'used', 'fresh')

    expect(old).toBe('fresh_old')
    expect([await exists('used'), await exists('fresh'), await exists(old)]).toEqual([true, false, true])
    await expect(client.query('SELECT 1')).rejects.toThrow(/terminat|not queryable/)
    const next = await openSession('used')
    await expect(next.query('SELECT * FROM a')).rejects.toThrow('relation "a" does not exist')
    await next.end()
    await dropClone(access, old)
    expect(await exists(old)).toBe(false)
  })

  test('that cannot take the place leaves the other one usable', async () => {
    await createClone(access, template, 'stays')
    await expect(exchangeClone(access, 'stays', 'nowhere')).rejects.toMatchObject({
      code: 'ERR_HOTBED_CLONE',
      message: `The database 'stays' could not be reset: database "nowhere" does not exist [ERR_HOTBED_CLONE]`,
    })
    const client = await openSession('stays')
    expect((await client.query('SELECT current_database() AS name')).rows).toEqual([{ name: 'stays' }])
    await client.end()
  })

  test('may have the longest name that a stack may choose', async () => {
    const name = `${'ü'.repeat(25)}_1234567`
    await Promise.all([name, `${name}8`].map((database) => createClone(access, template, database)))
    const old = await exchangeClone(access, name, `${name}8`)
    await Promise.all([name, old].map((database) => dropClone(access, database)))
    expect([await exists(name), await exists(old)]).toEqual([false, false])
  })
})

test('when sessions have ended, none is left, whatever they were doing', async () => {
  await createClone(access, template, 'busy')
  const clients = await Promise.all(Array.from({ length: 4 }, () => openSession('busy')))
  const working = clients.map((client) => client.query('BEGIN; SELECT pg_sleep(1000)').catch((error: { code?: string }) => error.code))
  await endSessions(access.admin, 'busy')
  expect((await access.admin.query("SELECT 1 FROM pg_stat_activity WHERE datname = 'busy'")).rows).toEqual([])
  expect(await Promise.all(working)).toEqual(['57P01', '57P01', '57P01', '57P01'])
})

import { beforeAll, describe, expect, test } from 'vitest'
import pg from 'pg'
import { startSuite } from '../../src/start-suite.js'
import { startForeignPostgres, type ForeignPostgres } from '../servers/postgres/external/foreign-postgres.js'
import { makeFolder } from './place.js'

let foreign: ForeignPostgres
let migrations: string
const PASSWORD = 'hunter2-%/?'

beforeAll(async () => {
  foreign = await startForeignPostgres()
  migrations = makeFolder({ '1.sql': 'CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items SELECT generate_series(1, 100)' })
  await foreign.query(`CREATE ROLE maker LOGIN CREATEDB PASSWORD '${PASSWORD}'`)
  await foreign.query('CREATE DATABASE hotbed_looks_like_ours')
  await foreign.query('CREATE DATABASE hotbed_0123456789_suite_1')
  await foreign.query("COMMENT ON DATABASE hotbed_0123456789_suite_1 IS 'hotbed: mine'")
})

const THEIRS = ['hotbed_0123456789_suite_1', 'hotbed_looks_like_ours', 'postgres', 'template0', 'template1']

describe.each(['postgres', 'maker'])('as %s', (user) => {
  const provider = (): { url: string } => ({ url: user === 'maker' ? foreign.url({ user, password: PASSWORD }) : foreign.url() })

  test('suites have clones of one template, and leave it alone on the server', async () => {
    const stack = { postgres: { provider: provider(), migrations } }
    {
      await using one = await startSuite(stack)
      await using two = await startSuite(stack)
      await one.postgres.query('DELETE FROM items')
      expect((await two.postgres.query('SELECT count(*)::int AS n FROM items')).rows).toEqual([{ n: 100 }])
      await one.reset()
      const client = new pg.Client(one.postgres.url)
      await client.connect()
      expect((await client.query('SELECT count(*)::int AS n FROM items')).rows).toEqual([{ n: 100 }])
      await client.end()
      expect(one.postgres).toMatchObject({ provider: 'external', user, dataDirectory: undefined })
    }
    const left = (await foreign.databases()).filter((name) => !THEIRS.includes(name))
    expect(left.filter((name) => !name.startsWith('hotbed_template_'))).toEqual([])
    const before = await foreign.query(`SELECT oid FROM pg_database WHERE datname LIKE 'hotbed_template_%' ORDER BY 1`)
    await using again = await startSuite(stack)
    expect((await again.postgres.query('SELECT count(*)::int AS n FROM items')).rows).toEqual([{ n: 100 }])
    expect(await foreign.query(`SELECT oid FROM pg_database WHERE datname LIKE 'hotbed_template_%' ORDER BY 1`)).toEqual(before)
  })
})

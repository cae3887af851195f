import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { formatStamp } from '../../src/databases/stamp.js'
import { readOwner } from '../../src/primitives/owner.js'
import { defineDataset } from '../../src/seed/index.js'
import { startSuite } from '../../src/start-suite.js'
import { startForeignPostgres, type ForeignPostgres } from '../servers/postgres/external/foreign-postgres.js'
import { makeFolder } from './place.js'

let foreign: ForeignPostgres
let migrations: string

beforeAll(async () => {
  foreign = await startForeignPostgres()
  migrations = makeFolder({ '1.sql': 'CREATE TABLE items (id int PRIMARY KEY, shop int NOT NULL); CREATE INDEX ON items (shop)' })
  await foreign.query("CREATE ROLE tenant LOGIN PASSWORD 'hunter2'")
  await foreign.query('CREATE DATABASE shared')
  await foreign.query('GRANT CREATE ON DATABASE shared TO tenant; CREATE TABLE theirs (id int)', 'shared')
})

const provider = (): { url: string } => ({ url: foreign.url({ user: 'tenant', password: 'hunter2', database: 'shared' }) })
const dataset = defineDataset({ seed: 7, tables: { items: 1000 } })
const schemas = async (): Promise<readonly unknown[]> =>
  (await foreign.query("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'hotbed%' ORDER BY 1", 'shared')).map(({ nspname }) => nspname)

describe('a role that may not create databases', () => {
  test('has schemas for its suites, first on the search path of whoever comes by the URL', async () => {
    const databases = await foreign.databases()
    {
      await using one = await startSuite({ postgres: { provider: provider(), migrations, dataset } })
      await using two = await startSuite({ postgres: { provider: provider(), migrations, dataset } })
      expect(one.postgres).toMatchObject({
        database: 'shared',
        user: 'tenant',
        schema: expect.stringMatching(/^hotbed_[0-9a-f]{10}_suite_\d+$/),
      })
      expect(new Set(await schemas())).toEqual(new Set([one.postgres.schema, two.postgres.schema]))
      const client = new pg.Client(one.postgres.url)
      await client.connect()
      const recording = await one.record(() => client.query('DELETE FROM items'))
      expect(recording.statements[0]).toMatchObject({ sql: 'DELETE FROM items', tag: 'DELETE 1000' })
      await client.query('DISCARD ALL')
      expect((await client.query('SELECT current_schema() AS here')).rows).toEqual([{ here: one.postgres.schema }])
      await client.end()
      const count = 'SELECT count(*)::int AS n FROM items'
      expect((await two.postgres.query(count)).rows).toEqual([{ n: 1000 }])
      await one.reset()
      expect((await one.postgres.query(count)).rows).toEqual([{ n: 1000 }])
      expect((await one.postgres.explain('SELECT * FROM items WHERE id = 7')).root.type).toContain('Index')
    }
    expect(await schemas()).toEqual([])
    expect(await foreign.databases()).toEqual(databases)
    expect(await foreign.query('SELECT relname FROM pg_class WHERE relname IN ($$theirs$$, $$items$$)', 'shared')).toEqual([
      { relname: 'theirs' },
    ])
  })

  test('is told what takes a database, and has fixes proved in its own', async () => {
    await using suite = await startSuite({ postgres: { provider: provider(), migrations, dataset } })
    await expect(suite.postgres.weighValues('items.shop')).rejects.toThrow(
      'cannot be had in a suite that has a schema instead of a database',
    )
    await expect(suite.postgres.control.limit({ connections: 3 })).rejects.toThrow('the limit is one of the whole database')
    const proof = await suite.postgres.proveFix(await suite.postgres.explain('SELECT * FROM items WHERE shop + 0 = 3'))
    expect(proof.fix?.ddl).toBe(`CREATE INDEX ON ${suite.postgres.schema}.items ((shop + 0));`)
  })

  test('gets its schema back, although the application is in a transaction with it', async () => {
    await using suite = await startSuite({ postgres: { provider: provider(), migrations, dataset } }, { leavesNothingBehind: false })
    const client = new pg.Client(suite.postgres.url)
    client.on('error', () => {})
    await client.connect()
    await client.query('BEGIN; DELETE FROM items')
    await suite.reset()
    expect((await suite.postgres.query('SELECT count(*)::int AS n FROM items')).rows).toEqual([{ n: 1000 }])
    await expect(client.query('SELECT 1')).rejects.toThrow()
  })

  test('finds schemas of dead runs swept, and no others', async () => {
    const dead = formatStamp({
      kind: 'suite',
      run: '0123456789',
      owner: { ...readOwner(), pid: 2 ** 22 + 1, startTime: '1' },
      atMs: Date.now(),
    })
    await foreign.query(
      `CREATE SCHEMA hotbed_dead AUTHORIZATION tenant; COMMENT ON SCHEMA hotbed_dead IS '${dead}'; CREATE SCHEMA hotbed_unstamped AUTHORIZATION tenant`,
      'shared',
    )
    const suite = await startSuite({ postgres: { provider: provider(), migrations } })
    await suite.dispose()
    expect(await schemas()).toEqual(['hotbed_unstamped'])
  })

  test('leaves nothing when a migration fails', async () => {
    const before = await schemas()
    const failing = makeFolder({ '1.sql': 'CREATE TABLE a (); SELECT nonsense' })
    await expect(startSuite({ postgres: { provider: provider(), migrations: failing } })).rejects.toMatchObject({
      code: 'ERR_HOTBED_MIGRATION',
    })
    expect(await schemas()).toEqual(before)
  })
})

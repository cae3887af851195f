import { inspect } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import pg from 'pg'
import { fingerprint } from '../../src/primitives/fingerprint.js'
import { planTemplate } from '../../src/databases/template.js'
import { defineDataset, oneOf } from '../../src/seed/index.js'
import { startSuite } from '../../src/start-suite.js'
import { expect as judge } from '../../src/vitest/index.js'
import { makeCertificates, type Certificates } from '../servers/postgres/external/certificates.js'
import { startForeignPostgres, type ForeignPostgres } from '../servers/postgres/external/foreign-postgres.js'
import { makeFolder } from './place.js'

let foreign: ForeignPostgres
let certificates: Certificates
let migrations: string

beforeAll(async () => {
  certificates = makeCertificates('certified')
  const { serverCert, serverKey } = certificates
  foreign = await startForeignPostgres({ settings: { ssl: true, ssl_cert_file: serverCert, ssl_key_file: serverKey } })
  migrations = makeFolder({
    '1.sql': 'CREATE TABLE items (id int PRIMARY KEY, shop int); CREATE TABLE made (by uuid); INSERT INTO made VALUES (gen_random_uuid())',
  })
  await foreign.query("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'hunter2'")
})

const dataset = defineDataset({ seed: 7, tables: { items: { rows: 1000, columns: { shop: oneOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) } } } })
const asMaker = (parameters = ''): { url: string } => ({ url: foreign.url({ user: 'maker', password: 'hunter2', parameters }) })
const stackOf = (provider: { url: string }) => ({ postgres: { provider, migrations, dataset } })

describe('over TLS', () => {
  const secure = (): { url: string } => {
    const { url } = asMaker(`sslmode=verify-full&sslrootcert=${certificates.ca}`)
    return { url: url.replace('@127.0.0.1:', '@localhost:') }
  }

  test('the template is filled, and the application is recorded, which itself speaks none to the tap', async () => {
    await using suite = await startSuite(stackOf(secure()))
    expect(suite.postgres.url).not.toContain('ssl')
    expect(suite.postgres.directUrl).toContain('sslmode=verify-full')
    const client = new pg.Client(suite.postgres.url)
    const recording = await suite.record(async () => {
      await client.connect()
      const { rows } = await client.query<{ n: number; tls: boolean }>(
        'SELECT (SELECT count(*)::int FROM items) AS n, ssl AS tls FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      )
      return rows[0]
    })
    await client.end()
    expect(recording.result).toEqual({ n: 1000, tls: true })
    expect(recording.statements).toHaveLength(1)
    const grown = await suite.postgres.grow({ items: 1500 })
    expect(grown.rows).toBe(500)
  })
})

describe('plans', () => {
  const wholeTable = 'SELECT * FROM items WHERE shop = 3'

  test('of what ran come from a superuser’s server', async () => {
    await using suite = await startSuite(stackOf({ url: foreign.url() }))
    const client = new pg.Client(suite.postgres.url)
    await client.connect()
    const recording = await suite.record(() => client.query(wholeTable))
    await client.end()
    expect(recording.statements[0]?.plan?.root).toMatchObject({ type: 'Seq Scan', raw: { 'Plan Rows': expect.any(Number) } })
  })

  test('of what ran come to a role that an administrator has prepared for it', async () => {
    await foreign.query(
      "CREATE ROLE prepared LOGIN CREATEDB PASSWORD 'hunter2'; GRANT SET ON PARAMETER auto_explain.log_min_duration TO prepared",
    )
    await using suite = await startSuite(stackOf({ url: foreign.url({ user: 'prepared', password: 'hunter2' }) }))
    const client = new pg.Client(suite.postgres.url)
    await client.connect()
    const recording = await suite.record(() => client.query(wholeTable))
    await client.end()
    expect(recording.statements[0]?.plan?.root.type).toBe('Seq Scan')
  })

  test('of what ran are missed by name elsewhere, where explain() works as ever', async () => {
    await using suite = await startSuite(stackOf(asMaker()))
    const client = new pg.Client(suite.postgres.url)
    await client.connect()
    const recording = await suite.record(() => client.query(wholeTable))
    await client.end()
    expect(() => judge(recording).toUseIndex('items_shop')).toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: toUseIndex judges plans, and this recording has none, of 1 statement.
        auto_explain, which sends plans, can be loaded by a superuser alone, and 'maker' is none [ERR_HOTBED_EVIDENCE]
        → Record with { plans: true }, and something that asks Postgres.]
    `)
    expect((await suite.postgres.explain(wholeTable)).root.type).toBe('Seq Scan')
    expect((await suite.postgres.proveFix(await suite.postgres.explain(wholeTable))) ?? 'none').not.toBe('none')
  })
})

describe('what such a server cannot do is refused by name', () => {
  test('for the files of the server', async () => {
    await using suite = await startSuite(stackOf({ url: foreign.url() }))
    await expect(suite.postgres.explainAtScale('SELECT * FROM items', [], { items: 1e9 })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: A plan at a size that was never loaded needs the files of the server, which provider 'external' does not have: the planner asks them for the size of tables. [ERR_HOTBED_ISOLATION]
        → Use provider: 'embedded' or 'system' for such tests; explain() on rows that are loaded works here, too.]
    `)
    await expect(suite.postgres.importStatistics('{"hotbed":1}')).rejects.toThrow('needs the files of the server')
    await expect(suite.postgres.planGrowth('SELECT * FROM items', [], { items: { upTo: 1e9 } })).rejects.toThrow(
      'needs the files of the server',
    )
  })

  test('for the server as a whole', async () => {
    await using suite = await startSuite(stackOf(asMaker()))
    await expect(suite.postgres.control.kill()).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: suite.postgres.control.kill() acts on the whole server, which is not ours to control: provider 'external' reaches it by its URL alone. [ERR_HOTBED_ISOLATION]
        → Use provider: 'embedded' or 'system'; for Postgres with isolation: 'server'.]
    `)
    await expect(suite.postgres.control.pause()).rejects.toThrow('suite.postgres.control.pause() acts on the whole server')
    await expect(suite.postgres.control.restart()).rejects.toThrow('suite.postgres.control.restart() acts on the whole server')
    await expect(startSuite(stackOf(asMaker()), { isolation: 'server' })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: isolation: 'server' gives a suite a Postgres of its own, but the one of postgres.provider.url is shared with whoever uses it. [ERR_HOTBED_ISOLATION]
        → Use isolation: 'clone', or provider: 'embedded' for these tests.]
    `)
  })

  test('and a limit of connections is one of the suite’s database', async () => {
    await using suite = await startSuite(stackOf(asMaker()))
    const limit = await suite.postgres.control.limit({ connections: 1 })
    const [one, two] = [new pg.Client(suite.postgres.url), new pg.Client(suite.postgres.url)]
    await one.connect()
    await expect(two.connect()).rejects.toMatchObject({ code: '53300' })
    await one.end()
    await limit[Symbol.asyncDispose]()
  })
})

describe('options beside a URL', () => {
  test.each([
    [{ binaries: '/usr' }, "Option 'postgres.binaries' is for a server that hotbed starts"],
    [{ locale: 'C' }, "Option 'postgres.locale' is for a server that hotbed starts"],
    [{ database: 'x'.repeat(25) }, "Option 'postgres.database' must be a name of 1 to 24 bytes"],
    [{ version: 13 }, 'and postgres.version demands 13'],
  ])('%j are refused', async (options, message) => {
    await expect(startSuite({ postgres: { provider: asMaker(), ...options } })).rejects.toThrow(message)
  })

  test('and a URL that is not there', async () => {
    const url = undefined as unknown as string
    await expect(startSuite({ postgres: { provider: { url } } })).rejects.toThrowErrorMatchingInlineSnapshot(`
      [HotbedError: Option 'postgres.provider.url' is undefined: the environment variable that it comes from is not set. [ERR_HOTBED_OPTION]
        → Set it, such as DATABASE_URL, or use an embedded server without it: provider: process.env.DATABASE_URL ? { url: process.env.DATABASE_URL } : 'embedded']
    `)
  })
})

test('a database that has the name of a template and no stamp is left alone', async () => {
  const plan = await planTemplate({ migrations })
  const name = `hotbed_template_${fingerprint([plan.fingerprint, 'maker'])}`
  await foreign.query(`CREATE DATABASE ${name}`)
  const message = await startSuite({ postgres: { provider: asMaker(), migrations } }).then(
    () => 'started',
    (error: unknown) => inspect(error),
  )
  expect(message).toContain(`The name of the template, '${name}', is taken by a database without hotbed's stamp, which is left as it is.`)
  expect(await foreign.databases()).toContain(name)
  expect((await foreign.databases()).filter((one) => one.includes('_building_'))).toEqual([])
  await foreign.query(`DROP DATABASE ${name}`)
})

test('a server that was restarted between two tests goes on with the same suites', async () => {
  await using suite = await startSuite(stackOf(asMaker()))
  await suite.postgres.query('DELETE FROM items')
  await foreign.server.control.restart('fast')
  expect((await suite.postgres.query('SELECT count(*)::int AS n FROM items')).rows).toEqual([{ n: 0 }])
  await suite.reset()
  expect((await suite.postgres.query('SELECT count(*)::int AS n FROM items')).rows).toEqual([{ n: 1000 }])
  await foreign.server.control.restart('immediate')
  await using other = await startSuite(stackOf(asMaker()))
  expect((await other.postgres.query('SELECT count(*)::int AS n FROM items')).rows).toEqual([{ n: 1000 }])
})

test('a suite may be one transaction there, too', async () => {
  await using suite = await startSuite(stackOf(asMaker()), { isolation: 'rollback' })
  await suite.postgres.client.query('DELETE FROM items')
  await suite.reset()
  expect((await suite.postgres.client.query('SELECT count(*)::int AS n FROM items')).rows).toEqual([{ n: 1000 }])
})

test('what is kept stays, until somebody drops it', async () => {
  const suite = await startSuite(stackOf(asMaker()))
  const { database } = suite.postgres
  await suite.keep('a failed test')
  await suite.dispose()
  const next = await startSuite(stackOf(asMaker()))
  await next.dispose()
  expect(await foreign.databases()).toContain(database)
  await foreign.query(`DROP DATABASE ${database}`)
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import pg from 'pg'
import { startSuite } from '../../src/start-suite.js'
import { formatStamp, type Stamp } from '../../src/databases/stamp.js'
import { readOwner } from '../../src/primitives/owner.js'
import { startForeignPostgres, type ForeignPostgres } from '../servers/postgres/external/foreign-postgres.js'
import { makeFolder } from './place.js'

let foreign: ForeignPostgres
let migrations: string
const PASSWORD = 'hunter2-%/?'
const SYSTEM = ['postgres', 'template0', 'template1']

beforeAll(async () => {
  foreign = await startForeignPostgres()
  migrations = makeFolder({ '1.sql': 'CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items SELECT generate_series(1, 100)' })
  await foreign.query(`CREATE ROLE maker LOGIN CREATEDB PASSWORD '${PASSWORD}'`)
})

const COUNT = 'SELECT count(*)::int AS n FROM items'
const asMaker = (): { url: string } => ({ url: foreign.url({ user: 'maker', password: PASSWORD }) })
const others = async (): Promise<readonly string[]> => (await foreign.databases()).filter((name) => !SYSTEM.includes(name))
const templates = (): Promise<readonly object[]> =>
  foreign.query("SELECT oid, datname FROM pg_database WHERE datname LIKE 'hotbed_template_%' ORDER BY 1")

describe.each(['postgres', 'maker'])('of %s', (user) => {
  const provider = (): { url: string } => (user === 'maker' ? asMaker() : { url: foreign.url() })

  test('suites have clones of one template, and leave nothing else', async () => {
    const before = await others()
    const stack = { postgres: { provider: provider(), migrations, settings: { work_mem: '7MB' } } }
    {
      await using one = await startSuite(stack)
      await using two = await startSuite(stack)
      expect(one.postgres).toMatchObject({ provider: 'external', user, dataDirectory: undefined })
      expect(one.postgres.database).toMatch(/^hotbed_[0-9a-f]{10}_suite_\d+$/)
      await one.postgres.query('DELETE FROM items')
      expect((await two.postgres.query(COUNT)).rows).toEqual([{ n: 100 }])
      await one.reset()
      const client = new pg.Client(one.postgres.url)
      await client.connect()
      expect((await client.query(COUNT)).rows).toEqual([{ n: 100 }])
      expect((await client.query('SHOW work_mem')).rows).toEqual([{ work_mem: '7MB' }])
      await client.end()
    }
    const made = (await others()).filter((name) => !before.includes(name))
    expect(made).toEqual([expect.stringMatching(/^hotbed_template_[0-9a-f]{20}$/)])
    const known = await templates()
    await using again = await startSuite(stack)
    expect((await again.postgres.query(COUNT)).rows).toEqual([{ n: 100 }])
    expect(await templates()).toEqual(known)
  })
})

describe('what lies around', () => {
  const dead: Stamp = { kind: 'suite', run: '0123456789', owner: { ...readOwner(), pid: 2 ** 22 + 1, startTime: '1' }, atMs: Date.now() }
  const elsewhere = { ...dead.owner, bootId: 'another machine' }
  const HOURS = 3_600_000

  beforeEach(async () => {
    for (const name of (await others()).filter((one) => !one.startsWith('hotbed_template_'))) await foreign.query(`DROP DATABASE ${name}`)
  })

  async function leave(name: string, comment: string | undefined): Promise<void> {
    await foreign.query(`CREATE DATABASE ${name} OWNER maker`)
    if (comment !== undefined) await foreign.query(`COMMENT ON DATABASE ${name} IS '${comment}'`)
  }
  async function run(): Promise<void> {
    const suite = await startSuite({ postgres: { provider: asMaker() } })
    await suite.dispose()
  }

  test('goes when its stamp says that its run is dead, and stays whatever its name is', async () => {
    await leave('hotbed_0123456789_suite_1', formatStamp(dead))
    await leave('hotbed_0123456789_building_1', formatStamp({ ...dead, kind: 'building' }))
    await leave('renamed_by_somebody', formatStamp(dead))
    await leave('hotbed_other_1', formatStamp({ ...dead, owner: elsewhere, atMs: Date.now() - 2 * HOURS }))
    await leave('hotbed_template_old', formatStamp({ ...dead, kind: 'template', atMs: Date.now() - 15 * 24 * HOURS }))
    await leave('hotbed_0123456789_suite_2', undefined)
    await leave('hotbed_0123456789_suite_3', 'hotbed: mine')
    await leave('hotbed_0123456789_suite_4', formatStamp({ ...dead, owner: readOwner() }))
    await leave('hotbed_other_2', formatStamp({ ...dead, owner: elsewhere, atMs: Date.now() - HOURS / 2 }))
    await leave('hotbed_kept', formatStamp({ ...dead, kind: 'kept' }))
    await leave('hotbed_template_new', formatStamp({ ...dead, kind: 'template' }))
    await run()
    const left = (await others()).filter((name) => !/^hotbed_template_[0-9a-f]{20}$/.test(name))
    expect(left).toEqual([
      'hotbed_0123456789_suite_2',
      'hotbed_0123456789_suite_3',
      'hotbed_0123456789_suite_4',
      'hotbed_kept',
      'hotbed_other_2',
      'hotbed_template_new',
    ])
    await foreign.query('DROP DATABASE hotbed_template_new')
  })

  test('stays while somebody is connected to it, while its run has a session, and when another role owns it', async () => {
    await leave('hotbed_used', formatStamp(dead))
    await leave('hotbed_lives', formatStamp({ ...dead, run: 'abcdefabcd', owner: elsewhere, atMs: 0 }))
    await leave('hotbed_theirs', formatStamp(dead))
    await foreign.query('ALTER DATABASE hotbed_theirs OWNER TO postgres')
    const user = new pg.Client(foreign.url({ database: 'hotbed_used' }))
    const owner = new pg.Client({ connectionString: foreign.url(), application_name: 'hotbed run abcdefabcd' })
    await Promise.all([user.connect(), owner.connect()])
    await run()
    await Promise.all([user.end(), owner.end()])
    expect((await others()).filter((name) => !name.startsWith('hotbed_template_'))).toEqual([
      'hotbed_lives',
      'hotbed_theirs',
      'hotbed_used',
    ])
  })

  test('is swept by several at once, and all of them start', async () => {
    for (let number = 0; number < 6; number += 1) await leave(`hotbed_left_${number}`, formatStamp(dead))
    await Promise.all([inProcess(SUITE), inProcess(SUITE), run()])
    expect((await others()).filter((name) => !name.startsWith('hotbed_template_'))).toEqual([])
  })

  test('is what a killed process had made', async () => {
    const before = await others()
    await inProcess(`${SUITE}; process.kill(process.pid, 'SIGKILL')`)
    expect((await others()).length).toBeGreaterThan(before.length)
    await run()
    expect((await others()).filter((name) => !name.startsWith('hotbed_template_'))).toEqual([])
  })
})

test('two processes that need the same template make it once', async () => {
  const nonce = makeFolder({ '1.sql': 'CREATE TABLE made (by uuid); INSERT INTO made VALUES (gen_random_uuid()); SELECT pg_sleep(0.2)' })
  const ask = `${SUITE}; console.log((await suite.postgres.query('SELECT by FROM made')).rows[0].by)`
  const answers = await Promise.all([inProcess(ask, { migrations: nonce }), inProcess(ask, { migrations: nonce })])
  expect(answers[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(answers[1]).toBe(answers[0])
})

test('no password is in what is logged or thrown', async () => {
  const failing = makeFolder({ '1.sql': 'SELECT nonsense' })
  const printed = [
    await inProcess(`${SUITE}; console.error(suite.postgres.provider)`, { debug: true }),
    await inProcess(SUITE, { debug: true, migrations: failing }),
    await inProcess(SUITE, { debug: true, url: foreign.url({ user: 'maker', password: `${PASSWORD}!` }) }),
    await inProcess(SUITE, { debug: true, url: foreign.url({ user: 'maker', password: PASSWORD, database: 'nowhere' }) }),
    await inProcess(SUITE, { debug: true, url: `${foreign.url({ user: 'maker', password: PASSWORD })}?sslmode=nonsense` }),
  ].join('\n')
  expect(printed).toContain('external')
  expect(printed).toContain('column "nonsense" does not exist')
  expect(printed).toContain('the password is wrong')
  expect(printed).toContain('there is no such database')
  expect(printed).toContain("has the sslmode 'nonsense'")
  expect(printed).not.toContain('hunter2')
})

const SUITE = 'const suite = await startSuite({ postgres: { provider, migrations } })'

/** Runs statements in a process of its own; gives what it has printed. */
async function inProcess(
  statements: string,
  given: { readonly migrations?: string; readonly url?: string; readonly debug?: boolean } = {},
): Promise<string> {
  const script = `import { startSuite } from '${fileURLToPath(new URL('../../dist/index.js', import.meta.url))}'
    const { url, migrations } = JSON.parse(process.env.GIVEN)
    const provider = { url }
    ${statements}
    await suite.dispose()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...(given.debug === true ? { NODE_DEBUG: 'hotbed' } : {}),
      GIVEN: JSON.stringify({ ...asMaker(), migrations, ...given }),
    },
  })
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return `${out}${errors}`.trim()
}

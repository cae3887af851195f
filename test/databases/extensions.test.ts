import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { missingCapabilities } from '../../src/databases/missing-capabilities.js'
import { serverKey } from '../../src/databases/postgres-serving.js'
import { createRun, type Run } from '../../src/databases/run.js'
import { makeTemporary } from '../primitives/child.js'

function makeRun(): Run {
  const run = createRun({ spares: 0 })
  onTestFinished(() => run.close())
  return run
}

async function failure(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((reason: unknown) => reason)
  if (!(error instanceof Error)) throw new Error('It should have failed.')
  return error.message
}

const hypopg = { postgres: { extensions: ['hypopg'] } }
const pgaudit = { postgres: { extensions: ['pgaudit', 'pg_trgm'] } }
const noHypopg = await missingCapabilities(hypopg)
const noPgaudit = await missingCapabilities(pgaudit)
const skipped = (missing: string | undefined): string => (missing === undefined ? '' : ` (skipped: ${missing.split('\n')[0]})`)

test('stacks share a server, unless an extension decides which one', () => {
  expect(serverKey({ extensions: ['pg_trgm'] })).toBe(serverKey({}))
  expect(serverKey({ extensions: ['pg_trgm', 'hypopg'] })).toBe(serverKey({ extensions: ['hypopg'] }))
  expect(serverKey({ extensions: ['hypopg'] })).not.toBe(serverKey({}))
})

describe.skipIf(noHypopg !== undefined)(`an extension of the system's packages${skipped(noHypopg)}`, () => {
  test('runs on the Postgres of the system, beside a suite that stays on the embedded one, and the steps say why', async () => {
    const run = makeRun()

    const [suite, plain] = await Promise.all([run.openSuite(hypopg), run.openSuite({ postgres: {} })])
    await suite.verbs.query('CREATE TABLE orders (id int)', undefined)
    const { rows } = await suite.verbs.query(`SELECT indexname FROM hypopg_create_index('CREATE INDEX ON orders (id)')`, undefined)

    expect(rows).toHaveLength(1)
    expect([suite.facts.postgres?.provider, plain.facts.postgres?.provider]).toEqual(['system', 'embedded'])
    expect(run.steps().map(({ name }) => name)).toContainEqual(
      expect.stringMatching(/^start postgres \d+\.\d+ \(system, as embedded \d+\.\d+ lacks hypopg, (?:in memory|on disk)/),
    )
  })

  test('is refused on a Postgres that was fixed and lacks it, with the one that has it', async () => {
    const stack = { postgres: { ...hypopg.postgres, provider: 'embedded' as const } }

    const message = await failure(makeRun().openSuite(stack))

    expect(message).toMatch(/^The extension 'hypopg' cannot be had here\. Looked for:\n/)
    expect(message).toMatch(/: Postgres \d+\.\d+ has no hypopg\.control in \//)
    expect(message).toMatch(/→ Leave out provider: 'embedded': Postgres \d+\.\d+ in \/\S+ has what is wanted\n/)
    expect(message).toBe(await missingCapabilities(stack))
  })
})

describe.skipIf(noPgaudit !== undefined)(`an extension whose library must be preloaded${skipped(noPgaudit)}`, () => {
  test('has it preloaded, after those of hotbed', async () => {
    const suite = await makeRun().openSuite(pgaudit)

    const superuser = await suite.verbs.openSession('superuser')
    const { rows } = await suite.verbs.query(`SELECT current_setting('shared_preload_libraries') AS preloaded`, undefined, superuser)

    expect(rows).toEqual([{ preloaded: 'auto_explain,pg_stat_statements,pgaudit' }])
  })
})

describe('an extension of our own', () => {
  /** A folder with an extension that does this when it is created. */
  function makeExtension(sql: string): string {
    const folder = makeTemporary()
    chmodSync(folder, 0o755)
    const directory = join(folder, 'extension')
    mkdirSync(directory)
    writeFileSync(join(directory, 'hotbed_own.control'), "default_version = '1.0'\n")
    writeFileSync(join(directory, 'hotbed_own--1.0.sql'), sql)
    return folder
  }

  test('that is created is there in every suite', async () => {
    const settings = {
      extension_control_path: `${makeExtension('CREATE VIEW own AS SELECT 7 AS seven; GRANT SELECT ON own TO PUBLIC')}:$system`,
    }
    const suite = await makeRun().openSuite({ postgres: { version: 18, settings, extensions: ['hotbed_own'] } })

    expect((await suite.verbs.query('SELECT * FROM own', undefined)).rows).toEqual([{ seven: 7 }])
  })

  test('that nobody knew must be preloaded is an error with the setting, and what stands there already', async () => {
    const sql = `DO $$ BEGIN RAISE EXCEPTION 'hotbed_own must be loaded via shared_preload_libraries'; END $$`
    const settings = { extension_control_path: `${makeExtension(sql)}:$system` }

    expect(await failure(makeRun().openSuite({ postgres: { version: 18, settings, extensions: ['hotbed_own'] } }))).toMatchInlineSnapshot(`
      "The extension 'hotbed_own' could not be created on Postgres 18.4: hotbed_own must be loaded via shared_preload_libraries [ERR_HOTBED_POSTGRES_EXTENSION]
        → Add to the stack: postgres: { settings: { shared_preload_libraries: 'auto_explain,pg_stat_statements,hotbed_own' } }"
    `)
  })

  test('that cannot be created is an error with what the server says', async () => {
    const settings = { extension_control_path: `${makeExtension('CREATE VIEW own AS SELECT nothing')}:$system` }

    expect(await failure(makeRun().openSuite({ postgres: { version: 18, settings, extensions: ['hotbed_own'] } }))).toMatch(
      /^The extension 'hotbed_own' could not be created on Postgres 18\.\d+: column "nothing" does not exist/,
    )
  })
})

test('on a server that others run, an extension is theirs to install', async () => {
  const host = await makeRun().openSuite({ postgres: {} })
  const provider = { url: host.facts.postgres?.adminUrl ?? '' }

  const message = await failure(makeRun().openSuite({ postgres: { provider, extensions: ['hotbed_nowhere'] } }))

  expect(message).toMatch(
    /^The extension 'hotbed_nowhere' could not be created on Postgres \d+\.\d+: extension "hotbed_nowhere" is not available/,
  )
  expect(message).toContain('→ It has to be installed by whoever runs that server')
  expect(await missingCapabilities({ postgres: { provider, extensions: ['hotbed_nowhere'] } })).toBeUndefined()
})

test('pg_cron is refused before anything is started, for a suite is one database of many', async () => {
  expect(await failure(makeRun().openSuite({ postgres: { extensions: ['pg_trgm', 'pg_cron'] } }))).toMatchInlineSnapshot(`
    "The extension 'pg_cron' cannot be in a template: its jobs are in the one database of a server that cron.database_name names, and suites are databases of which a server has many. [ERR_HOTBED_POSTGRES_EXTENSION]
      → Leave it out, also of the migrations for tests, and call in the test what the schedule calls."
  `)
})

describe('what is missing', () => {
  test('is nothing for what can be had', async () => {
    expect(await missingCapabilities({ postgres: { extensions: ['pg_trgm'] }, redis: {} })).toBeUndefined()
  })

  test('is told with the ways to get it, before anything is started', async () => {
    expect(await missingCapabilities({ postgres: { extensions: ['hotbed_nowhere'] } })).toMatch(
      /^The extension 'hotbed_nowhere' cannot be had here\.[^]*→ By an image that has it: /,
    )
    expect(await missingCapabilities({ redis: { binary: '/no/redis-server', modules: ['json'] } })).toMatch(/^No Redis binary was found\./)
  })

  test('is no stack that is none', async () => {
    expect(await failure(missingCapabilities({ redis: { modules: ['jason'] } }))).toContain("→ Did you mean 'json'?")
  })
})

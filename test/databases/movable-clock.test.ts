import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PostgresFacts, SuiteVerbs } from '../../src/databases/suite-parts.js'
import { resolveCacheDirectory } from '../../src/primitives/cache-directory.js'
import { buildShim } from '../../src/servers/clock/build-shim.js'
import { createTappedRun } from '../../src/tapped-run.js'
import { describeEachPostgres } from '../wire/clients/each-postgres.js'

const MINUTE = 60_000
const DAY = 86_400_000
/** The machine's clock may be set while a test runs, but hardly by so much. */
const SLACK_MS = 30_000
const LINKS = `CREATE TABLE links (code text, expires_at timestamptz, made_at timestamptz DEFAULT now())`

const shim = await buildShim(resolveCacheDirectory())
const run = createTappedRun({ spares: 0 })
afterAll(() => run.close())

describe.skipIf('why' in shim)(`a Postgres whose clock can be moved${'why' in shim ? ` (${shim.why})` : ''}`, async () => {
  await describeEachPostgres((postgres) => {
    let facts: PostgresFacts
    let verbs: SuiteVerbs
    let client: pg.Client
    const open = async (url = facts.url): Promise<pg.Client> => {
      const opened = new pg.Client({ connectionString: url })
      // A session that a failed test leaves is ended by the next reset.
      opened.on('error', () => {})
      await opened.connect()
      return opened
    }
    beforeAll(async () => {
      const parts = await run.openSuite(
        { postgres: { ...postgres, clock: 'movable', migrations: { run: ({ query }) => query(LINKS) } } },
        'server',
      )
      if (parts.facts.postgres === undefined) throw new Error('the suite has no postgres')
      facts = parts.facts.postgres
      verbs = parts.verbs
    })
    beforeEach(async () => {
      await verbs.reset()
      expect(await verbs.movePostgresClock(0)).toBe('moved')
      client = await open()
      return () => client.end()
    })
    afterAll(() => verbs.dispose())

    const ask = async (expression: string): Promise<unknown> => (await client.query<{ v: unknown }>(`SELECT ${expression} AS v`)).rows[0]?.v
    /** How far the server is ahead of this process. */
    const ahead = async (expression: string): Promise<number> => Number(await ask(`extract(epoch FROM ${expression}) * 1000`)) - Date.now()

    test('now() and all its kin go ahead together, step by step, also in sessions that were open before', async () => {
      expect(Math.abs(await ahead('now()'))).toBeLessThan(SLACK_MS)
      for (const offset of [5 * MINUTE, DAY, 400 * DAY + 1]) {
        expect(await verbs.movePostgresClock(offset)).toBe('moved')
        for (const expression of ['now()', 'clock_timestamp()', 'statement_timestamp()', 'CURRENT_TIMESTAMP', 'timeofday()::timestamptz']) {
          expect([expression, Math.abs((await ahead(expression)) - offset) < SLACK_MS]).toEqual([expression, true])
        }
        expect(await ask(`current_date - (timestamptz 'epoch' + interval '1 ms' * ${Date.now() + offset})::date BETWEEN -1 AND 1`)).toBe(
          true,
        )
        expect(await ask("now() - interval '1 day' < now() AND now() + interval '1 hour' > clock_timestamp()")).toBe(true)
      }
      const fresh = await open()
      const { rows } = await fresh.query<{ ms: number }>('SELECT extract(epoch FROM now())::float8 * 1000 AS ms')
      await fresh.end()
      expect(Math.abs((rows[0]?.ms ?? 0) - Date.now() - 400 * DAY)).toBeLessThan(SLACK_MS)
    })

    test('a row expires when the clock has passed its moment, and not before', async () => {
      await client.query("INSERT INTO links VALUES ('a', now() + interval '1 hour')")
      const expired = (): Promise<unknown> => ask('(SELECT count(*)::int FROM links WHERE expires_at < now())')
      expect(await expired()).toBe(0)
      await verbs.movePostgresClock(59 * MINUTE)
      expect(await expired()).toBe(0)
      await verbs.movePostgresClock(61 * MINUTE)
      expect(await expired()).toBe(1)
      await client.query("INSERT INTO links (code) VALUES ('b')")
      expect(await ask("(SELECT max(made_at) - min(made_at) > interval '1 hour' FROM links)")).toBe(true)
    })

    test('an open transaction keeps its now(), as ever', async () => {
      await client.query('BEGIN')
      const before = String(await ask('now()::text'))
      await verbs.movePostgresClock(DAY)
      expect(await ask('now()::text')).toBe(before)
      expect(await ask("clock_timestamp() - now() > interval '23 hours'")).toBe(true)
      await client.query('COMMIT')
    })

    test('after a reset it is at the time of the machine again', async () => {
      await verbs.movePostgresClock(DAY)
      expect(await ahead('now()')).toBeGreaterThan(DAY - SLACK_MS)
      await verbs.reset()
      expect(await verbs.movePostgresClock(0)).toBe('moved')
      await client.end().catch(() => {})
      client = await open()
      expect(Math.abs(await ahead('now()'))).toBeLessThan(SLACK_MS)
    })

    test('a time-out that is set lasts as long as it always did', async () => {
      await verbs.movePostgresClock(2 * DAY)
      await client.query("SET statement_timeout = '30ms'")
      await expect(client.query('SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57014' })
    })

    test('a statement that runs over a jump has run for long: its time-out ends it once its session looks at its timers', async () => {
      const [waiting, blocking] = [await open(facts.adminUrl), await open(facts.adminUrl)]
      await blocking.query('SELECT pg_advisory_lock(1)')
      await waiting.query("SET deadlock_timeout = '10h'; SET statement_timeout = '1h'")
      // The end of a wait for a lock is when a session looks.
      const outcome = waiting.query('SELECT pg_advisory_lock(1), pg_sleep(60)').catch((error: { readonly code: string }) => error.code)
      // The owner does not see what sessions of the superuser do.
      const waits = async (): Promise<readonly object[]> =>
        (
          await blocking.query<{ long: boolean }>(
            "SELECT clock_timestamp() - query_start > '47 h' AS long FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
          )
        ).rows
      while ((await waits()).length === 0);
      await verbs.movePostgresClock(2 * DAY)
      expect(await waits()).toEqual([{ long: true }])
      await blocking.query('SELECT pg_advisory_unlock(1)')
      expect(await outcome).toBe('57014')
      await Promise.all([waiting.end(), blocking.end()])
    })

    test('what is measured is not moved: an EXPLAIN ANALYZE over a jump', async () => {
      await client.query('SELECT pg_advisory_lock(2)')
      const other = await open()
      const explaining = other.query<{ 'QUERY PLAN': readonly { readonly 'Execution Time': number }[] }>(
        'EXPLAIN (ANALYZE, FORMAT JSON) SELECT pg_advisory_lock(2)',
      )
      while ((await ask("(SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock')")) !== 1);
      await verbs.movePostgresClock(3 * DAY)
      await client.query('SELECT pg_advisory_unlock(2)')
      const { rows } = await explaining
      await other.end()
      expect(rows[0]?.['QUERY PLAN'][0]?.['Execution Time']).toBeLessThan(DAY)
    })
  })
})

describe('a Postgres whose clock was not asked for', () => {
  test('is the machine’s, and says so', async () => {
    const { verbs } = await run.openSuite({ postgres: {} })
    expect(await verbs.movePostgresClock(DAY)).toMatchInlineSnapshot(
      `"not moved: now() is the time of the machine; postgres: { clock: 'movable' } with isolation: 'server' gives the suite a Postgres whose clock can be moved"`,
    )
    const { rows } = await verbs.query("SELECT now() < $1::timestamptz + interval '1 hour' AS same", [new Date().toISOString()])
    expect(rows).toEqual([{ same: true }])
    await verbs.dispose()
  })

  test.each(['clone', 'rollback'] as const)('isolation %s refuses to move the clock of everybody', async (isolation) => {
    const refused = run.openSuite({ postgres: { clock: 'movable' } }, isolation)
    await expect(refused).rejects.toMatchObject({ code: 'ERR_HOTBED_ISOLATION', message: expect.stringContaining(`'${isolation}'`) })
    await expect(refused).rejects.toThrow("Use isolation: 'server'.")
  })

  test('any other word is refused', async () => {
    await expect(run.openSuite({ postgres: { clock: 'fixed' } } as never, 'server')).rejects.toMatchObject({ code: 'ERR_HOTBED_OPTION' })
  })
})

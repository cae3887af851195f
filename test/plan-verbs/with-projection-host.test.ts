import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createRun } from '../../src/databases/run.js'
import type { SuiteParts } from '../../src/databases/suite-parts.js'
import type { PlanSession } from '../../src/plan/session.js'
import { openProjection } from '../../src/plan/projection/open-projection.js'
import { createSuitePostgres } from '../../src/suite-postgres.js'
import { withProjectionHost } from '../../src/plan-verbs/with-projection-host.js'
import { makeFolder } from '../databases/place.js'
import { makeDirectory } from '../servers/postgres/place.js'

const migrations = makeFolder({
  '1.sql': `CREATE TABLE orders (id bigint PRIMARY KEY, note text NOT NULL);
    INSERT INTO orders SELECT i, repeat('x', 100) FROM generate_series(1, 10000) i;`,
})
const BILLION = { orders: 1_000_000_000 }
const GIGABYTE = 2 ** 30

/** What `ls` and `du` say of a directory without sub-directories, in bytes. */
function sizesOf(directory: string): { readonly apparent: number; readonly taken: number } {
  const files = readdirSync(directory).map((name) => statSync(join(directory, name)))
  return {
    apparent: files.reduce((sum, { size }) => sum + size, 0),
    taken: files.reduce((sum, { blocks }) => sum + blocks * 512, 0),
  }
}

/** Every file by its contents, but for the cache that each first session of a database writes. */
function contentsOf(directory: string): Readonly<Record<string, string>> {
  const names = readdirSync(directory).filter((name) => !name.startsWith('pg_internal'))
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(directory, name)))
        .digest('hex'),
    ]),
  )
}

describe.each([
  ['in memory', '/dev/shm'],
  ['on disk', tmpdir()],
])('with the run directory %s', (_, parent) => {
  const run = createRun({ spares: 0 })
  let suite: SuiteParts
  let base = ''

  beforeAll(async () => {
    vi.stubEnv('HOTBED_RUN_DIRECTORY', makeDirectory({ parent, owned: true }))
    suite = await run.openSuite({ postgres: { migrations } })
    base = join(suite.facts.postgres?.dataDirectory ?? '', 'base')
  }, 120_000)
  afterAll(async () => {
    vi.unstubAllEnvs()
    await run.close()
  })

  const postgresOf = ({ facts, verbs }: SuiteParts) => {
    if (facts.postgres === undefined) throw new Error('The suite has no Postgres.')
    return createSuitePostgres(facts.postgres, verbs)
  }
  const directoryOf = async (session: PlanSession): Promise<string> => {
    const { rows } = await session.query('SELECT oid::text AS oid FROM pg_database WHERE datname = current_database()')
    return join(base, String(rows[0]?.['oid']))
  }

  test('files of a billion rows are long and take no space', async () => {
    await withProjectionHost(postgresOf(suite), suite.verbs, async (host) => {
      const place = await directoryOf(host)
      const before = sizesOf(place)
      expect(before.apparent).toBeLessThan(GIGABYTE / 20)
      const projection = await openProjection(host, { tables: ['orders'] })
      await projection.resize(BILLION)
      const plan = await projection.explain('SELECT * FROM orders')
      expect(plan.root.estimatedRows / BILLION.orders).toBeCloseTo(1, 3)
      const grown = sizesOf(place)
      expect(grown.apparent).toBeGreaterThan(100 * GIGABYTE)
      expect(grown.taken - before.taken).toBeLessThan(2 ** 20)
    })
  })

  test('nothing stays below base, and no other database has got longer files', async () => {
    const { verbs } = suite
    const postgres = postgresOf(suite)
    // The hollow database is made by the first forecast and stays for the next ones.
    const clone = await withProjectionHost(postgres, verbs, directoryOf)
    await expect.poll(() => existsSync(clone)).toBe(false)
    const own = await directoryOf(postgres)
    const before = readdirSync(base)
    const session = await verbs.openSession('superuser')
    await verbs.query('CHECKPOINT', [], session)
    const contents = contentsOf(own)
    expect(Object.keys(contents).length).toBeGreaterThan(200)

    await postgres.explainAtScale('SELECT * FROM orders WHERE id = $1', [5], BILLION)
    await postgres.planGrowth('SELECT * FROM orders WHERE id = $1', [5], { orders: { upTo: BILLION.orders } })

    await verbs.query('CHECKPOINT', [], session)
    expect(contentsOf(own)).toEqual(contents)
    await expect.poll(() => readdirSync(base).toSorted()).toEqual(before.toSorted())
    for (const name of readdirSync(base)) expect(sizesOf(join(base, name)).apparent).toBeLessThan(GIGABYTE / 20)
    await verbs.closeSession(session)
  })

  test('a suite that is opened afterwards has the rows of the template, in files of their size', async () => {
    const next = await run.openSuite({ postgres: { migrations } })
    const { rows } = await next.verbs.query('SELECT count(*)::int AS n, pg_relation_size($$orders$$)::int AS bytes FROM orders', [])
    expect(rows[0]).toEqual({ n: 10_000, bytes: expect.any(Number) })
    expect(Number(rows[0]?.['bytes'])).toBeLessThan(2_000_000)
    await next.verbs.dispose()
  })
})

import { describe, expect, it } from 'vitest'
import { seed } from '../../../src/seed/load.js'
import { BIG_ROWS, BIG_SCHEMA } from './big-schema.js'
import { countOf, useSuite } from '../with-suite.js'

describe.each(['embedded', 'system'] as const)('The big schema on the Postgres of the provider %s', (provider) => {
  const suite = useSuite(BIG_SCHEMA, provider)

  it('is filled without a generator, and every constraint holds', async () => {
    const loaded = await seed(suite().postgres, BIG_ROWS)

    expect(loaded.tables.map(({ table, rows }) => [table, rows])).toEqual(
      expect.arrayContaining(Object.entries(BIG_ROWS).map(([name, rows]) => [`public.${name}`, rows])),
    )
    const counted: Record<string, number> = {}
    for (const table of Object.keys(BIG_ROWS)) counted[table] = await countOf(suite(), `SELECT count(*) FROM ${table}`)
    expect(counted).toEqual(BIG_ROWS)
    expect(await countOf(suite(), 'SELECT count(*) FROM pg_constraint WHERE NOT convalidated')).toBe(0)
    // Neither constant nor random noise: what a planner would meet in production.
    expect(await countOf(suite(), "SELECT correlation FROM pg_stats WHERE tablename = 'users' AND attname = 'created_at'")).toBe(1)
    expect(await countOf(suite(), 'SELECT count(DISTINCT user_id) FROM orders')).toBeGreaterThan(500)
    expect(await countOf(suite(), 'SELECT count(*) FROM users WHERE referrer_id >= id')).toBe(0)
    expect(await countOf(suite(), 'SELECT count(*) FROM pg_index WHERE NOT (indisvalid AND indisready)')).toBe(0)
  }, 60_000)
})

import { describe, expect, test } from 'vitest'
import { toUseIndex } from '../../../src/matchers/plan/to-use-index.js'
import type { IndexDescription } from '../../../src/matchers/plan/wanted-index.js'
import { explain } from '../../../src/plan/explain.js'
import type { Plan } from '../../../src/plan/plan.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'

const RECENT = 'SELECT id, total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20'
const MASKS = [/buffers [\d,]+/g, /on [\d,]+ pages/g, /removed [\d,]+/g] as const

function mask(text: string): string {
  return MASKS.reduce((masked, pattern) => masked.replaceAll(pattern, (found) => found.replace(/[\d,]+/, 'n')), text)
}

function refusal(plan: unknown, index: string | IndexDescription): string {
  try {
    return `no error, but pass: ${toUseIndex(plan, index).pass}`
  } catch (error) {
    return mask((error as Error).message)
  }
}

await describeEachPostgres(SHOP, (database) => {
  const run = (sql: string, params: readonly unknown[] = [], settings = {}): Promise<Plan> =>
    explain(database().sql, sql, params, { settings })

  test.each<[string | IndexDescription]>([
    ['orders_user_id_created_at_idx'],
    ['public.orders_user_id_created_at_idx'],
    [{ table: 'orders', columns: ['user_id'] }],
    [{ table: 'orders', columns: ['user_id', 'created_at'] }],
    [{ table: 'public.orders', columns: ['user_id', 'created_at desc'] }],
  ])('the composite index is recognised as %j', async (index) => {
    const plan = await run(RECENT, [42])
    expect(toUseIndex(plan, index).pass).toBe(true)
  })

  test.each<[IndexDescription]>([
    [{ table: 'orders', columns: ['created_at'] }],
    [{ table: 'orders', columns: ['user_id', 'created_at ASC'] }],
    [{ table: 'orders', columns: ['user_id', 'created_at', 'id'] }],
    [{ table: 'orders', columns: ['created_at', 'user_id'] }],
  ])('the composite index is not taken for %j', async (index) => {
    expect(toUseIndex(await run(RECENT, [42]), index).pass).toBe(false)
  })

  test('an expression index and its direction are recognised, also as a bitmap', async () => {
    const plan = await run("SELECT id FROM orders WHERE status = 'open' AND lower(status) = 'open'", [], {
      enable_indexscan: false,
      enable_seqscan: false,
    })
    expect(String(plan)).toContain('Bitmap Index Scan on orders_open_idx')
    expect(toUseIndex(plan, 'orders_open_idx').pass).toBe(true)
    expect(toUseIndex(plan, { table: 'orders', columns: ['lower( status )', 'total DESC'] }).pass).toBe(true)
    expect(toUseIndex(plan, { table: 'orders', columns: ['upper(status)'] }).pass).toBe(false)
  })

  test('indexes of a BitmapOr count', async () => {
    const plan = await run('SELECT id FROM orders WHERE user_id = 3 OR id = 7 OR id = 8')
    expect(String(plan)).toContain('BitmapOr')
    expect(toUseIndex(plan, 'orders_pkey').pass).toBe(true)
    expect(toUseIndex(plan, 'orders_user_id_created_at_idx').pass).toBe(true)
  })

  test("a partitioned table's index is used where a partition's is", async () => {
    const plan = await run("SELECT * FROM events WHERE kind = 'k7'")
    expect(toUseIndex(plan, 'events_kind_idx').pass).toBe(true)
    expect(toUseIndex(plan, 'events_2023_kind_idx').pass).toBe(true)
    expect(toUseIndex(plan, { table: 'events', columns: ['kind'] }).pass).toBe(true)
    expect(toUseIndex(plan, { table: 'events_2024', columns: ['kind'] }).pass).toBe(true)
  })

  test('a missing index fails with the plan, the indexes there are and the one to make', async () => {
    const verdict = toUseIndex(await run('SELECT id FROM orders WHERE total = $1', [77]), {
      table: 'orders',
      columns: ['total', 'created_at DESC'],
    })
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "The plan does not use an index on orders (total, created_at DESC).
        SELECT id FROM orders WHERE total = $1
        $1 = 77

        ✗ Seq Scan on orders  rows 1  removed n  buffers n
              Filter: (total = '77'::numeric)

        Indexes on orders:
          orders_created_at_idx (created_at)
          orders_open_idx (lower(status), total DESC NULLS LAST) include (user_id) where status = 'open'::text
          orders_pkey (id) unique
          orders_user_id_created_at_idx (user_id, created_at DESC)
        None of them begins with (total, created_at DESC). To have one: CREATE INDEX ON orders (total, created_at DESC);"
    `)
  })

  test('an index that is there and not used fails by name', async () => {
    const verdict = toUseIndex(
      await run(RECENT, [42], { enable_indexscan: false, enable_bitmapscan: false }),
      'orders_user_id_created_at_idx',
    )
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "The plan does not use orders_user_id_created_at_idx.
        SELECT id, total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20
        $1 = 42

          Limit  rows 20  buffers n
            Sort  rows 20  buffers n
        ✗     Seq Scan on orders  rows 100  removed n  buffers n
                  Filter: (user_id = 42)

        Indexes on orders:
          orders_created_at_idx (created_at)
          orders_open_idx (lower(status), total DESC NULLS LAST) include (user_id) where status = 'open'::text
          orders_pkey (id) unique
          orders_user_id_created_at_idx (user_id, created_at DESC)
        Planned with enable_bitmapscan = off, enable_indexscan = off."
    `)
  })

  test('a failure over an index that only gives the order says so', async () => {
    const plan = await run("SELECT id FROM orders WHERE status = 'done' ORDER BY created_at LIMIT 5")
    const verdict = toUseIndex(plan, 'orders_user_id_created_at_idx')
    expect(verdict.pass).toBe(false)
    expect(verdict.message()).toContain(
      '  orders_created_at_idx is walked from its end, for its order alone: it meets no condition (no Index Cond).',
    )
    const used = toUseIndex(plan, 'orders_created_at_idx')
    expect(used.pass).toBe(true)
    expect(mask(used.message())).toMatchInlineSnapshot(`
      "The plan uses orders_created_at_idx.
        SELECT id FROM orders WHERE status = 'done' ORDER BY created_at LIMIT 5

          Limit  rows 5  buffers n
        ✗   Index Scan using orders_created_at_idx on orders  rows 5  buffers n
                Filter: (status = 'done'::text)
        orders_created_at_idx is walked from its end, for its order alone: it meets no condition (no Index Cond)."
    `)
  })

  test('a table too small for an index says so', async () => {
    const verdict = toUseIndex(await run("SELECT * FROM countries WHERE code = 'de'"), 'countries_pkey')
    expect(verdict.pass).toBe(false)
    expect(verdict.message()).toContain(
      '  countries: 3 rows on 1 page: so small a table is cheapest read whole. Fill it as production does, or name another.',
    )
  })

  test('the message of .not shows the use', async () => {
    const verdict = toUseIndex(await run(RECENT, [42]), 'orders_user_id_created_at_idx')
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "The plan uses orders_user_id_created_at_idx.
        SELECT id, total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20
        $1 = 42

          Limit  rows 20  buffers n
        ✗   Index Scan using orders_user_id_created_at_idx on orders  rows 20  buffers n
                Index Cond: (user_id = 42)"
    `)
  })

  test('an index that does not exist is refused with and without .not, and the near one named', async () => {
    expect(refusal(await run(RECENT, [42]), 'orders_user_id_create_at_idx')).toMatchInlineSnapshot(`
      "There is no index 'orders_user_id_create_at_idx' on the tables that the plan reads.
        SELECT id, total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20
        $1 = 42

        Indexes on orders:
          orders_created_at_idx (created_at)
          orders_open_idx (lower(status), total DESC NULLS LAST) include (user_id) where status = 'open'::text
          orders_pkey (id) unique
          orders_user_id_created_at_idx (user_id, created_at DESC) [ERR_HOTBED_EVIDENCE]
        → Did you mean 'orders_user_id_created_at_idx'?"
    `)
  })

  test('an index of a table that the plan does not read is refused', async () => {
    expect(refusal(await run(RECENT, [42]), 'countries_pkey')).toContain(
      "There is no index 'countries_pkey' on the tables that the plan reads.",
    )
    expect(refusal(await run(RECENT, [42]), { table: 'order', columns: ['id'] })).toContain(
      "The plan does not read a table 'order', only orders.",
    )
  })

  test('a column that does not exist is refused, and the near one named', async () => {
    expect(refusal(await run(RECENT, [42]), { table: 'orders', columns: ['userid'] })).toBe(
      "The table orders has no column 'userid'. [ERR_HOTBED_EVIDENCE]\n  → Did you mean 'user_id'?",
    )
  })

  describe('a table without statistics', () => {
    test('is refused when it was never analysed', async () => {
      await database().sql.query(
        'CREATE TABLE IF NOT EXISTS fresh (id int PRIMARY KEY); INSERT INTO fresh SELECT generate_series(1, 1000) ON CONFLICT DO NOTHING',
      )
      expect(refusal(await run('SELECT * FROM fresh WHERE id = 1'), 'fresh_pkey')).toBe(
        "The table fresh was never analysed, so the planner guessed. [ERR_HOTBED_EVIDENCE]\n  → Run 'ANALYZE fresh' after filling it, then explain again.",
      )
    })

    test('is refused when it was empty at the time', async () => {
      expect(toUseIndex(await run('SELECT * FROM shop.orders WHERE id = 1'), 'shop.orders_pkey').pass).toBe(false)
      await database().sql.query('INSERT INTO shop.orders SELECT generate_series(1, 1000)')
      expect(refusal(await run('SELECT * FROM shop.orders WHERE id = 1'), 'shop.orders_pkey')).toMatch(
        /^The table shop\.orders was empty when it was last analysed, and has \d+ pages now: the planner guessed\./,
      )
      await database().sql.query('ANALYZE shop.orders')
      expect(toUseIndex(await run('SELECT * FROM shop.orders WHERE id = 1'), 'shop.orders_pkey').pass).toBe(true)
    })
  })
})

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  ['SELECT 1', 'the text "SELECT 1"'],
  [{ rows: [], rowCount: 0 }, 'an object with rows, rowCount'],
  [[1, 2], 'an array of 2'],
])('%j is refused as evidence', (received, given) => {
  expect(refusal(received, 'x')).toBe(
    `toUseIndex judges a plan, a statement or a recording, and was given ${given}. [ERR_HOTBED_EVIDENCE]\n  → Get one by: const plan = await postgres.explain(sql, params)`,
  )
})

test('a promise is refused with the word that is missing', () => {
  expect(refusal(Promise.resolve(), 'x')).toContain('→ Await it first: const plan = await postgres.explain(sql, params)')
})

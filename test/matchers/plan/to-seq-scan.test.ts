import { expect, test } from 'vitest'
import { toSeqScan } from '../../../src/matchers/plan/to-seq-scan.js'
import { explain } from '../../../src/plan/explain.js'
import type { Plan } from '../../../src/plan/plan.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'

function mask(text: string): string {
  return text.replaceAll(/buffers [\d,]+/g, 'buffers n')
}

function refusal(plan: unknown, table?: string): string {
  try {
    return `no error, but pass: ${toSeqScan(plan, table).pass}`
  } catch (error) {
    return mask((error as Error).message)
  }
}

await describeEachPostgres(SHOP, (database) => {
  const run = (sql: string, params: readonly unknown[] = [], settings = {}): Promise<Plan> =>
    explain(database().sql, sql, params, { settings })

  test('a table read whole is shown under .not with the statement, its values and the way there', async () => {
    const verdict = toSeqScan(await run('SELECT count(*)\n  FROM orders\n  WHERE total = $1 OR status = $2', [77, 'lost']))
    expect(verdict.pass).toBe(true)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "The plan reads orders from end to end, by a Seq Scan.
        SELECT count(*)
        FROM orders
        WHERE total = $1 OR status = $2
        $1 = 77  $2 = 'lost'

          Aggregate  rows 1  buffers n
        ✗   Seq Scan on orders  rows 1  removed 49,999  buffers n
                Filter: ((total = '77'::numeric) OR (status = 'lost'::text))"
    `)
  })

  test('a table read by an index is shown when a Seq Scan was expected', async () => {
    const verdict = toSeqScan(await run('SELECT total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 5', [42]), 'orders')
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "The plan reads orders without a Seq Scan.
        SELECT total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 5
        $1 = 42

          Limit  rows 5  buffers n
        ✗   Index Scan using orders_user_id_created_at_idx on orders  rows 5  buffers n
                Index Cond: (user_id = 42)"
    `)
  })

  test('only the table that is named counts', async () => {
    const plan = await run("SELECT * FROM orders o, countries c WHERE o.id = 7 AND c.code = 'de'")
    expect(toSeqScan(plan, 'countries').pass).toBe(true)
    expect(toSeqScan(plan, 'orders').pass).toBe(false)
    expect(toSeqScan(plan, 'public.orders').pass).toBe(false)
    expect(toSeqScan(plan).pass).toBe(true)
    expect(mask(toSeqScan(plan).message())).toMatchInlineSnapshot(`
      "The plan reads countries from end to end, by a Seq Scan.
        SELECT * FROM orders o, countries c WHERE o.id = 7 AND c.code = 'de'

          Nested Loop  rows 1  buffers n
        ✗   Seq Scan on countries c  rows 1  removed 2  buffers n
                Filter: (c.code = 'de'::text)
            … 1 more node

        countries: 3 rows on 1 page: so small a table is cheapest read whole. Fill it as production does, or name another."
    `)
  })

  test('tables of one name in two schemas are told apart', async () => {
    const plan = await run('SELECT (SELECT max("Note") FROM shop.orders) FROM orders WHERE id = 1')
    expect(toSeqScan(plan, 'shop.orders').pass).toBe(true)
    expect(toSeqScan(plan, 'public.orders').pass).toBe(false)
  })

  test('partitions count for their table, those ruled out while running do not', async () => {
    const whole = await run('SELECT count(*) FROM events')
    expect(toSeqScan(whole, 'events').pass).toBe(true)
    expect(whole.root.type).toBe('Aggregate')
    const pruned = await run('SELECT * FROM events WHERE at = (SELECT $$2023-05-05$$::date)', [], {
      enable_indexscan: false,
      enable_bitmapscan: false,
    })
    expect(String(pruned)).toContain('Seq Scan on events_2024 events_2  never executed')
    expect(toSeqScan(pruned, 'events_2023').pass).toBe(true)
    expect(toSeqScan(pruned, 'events_2024').pass).toBe(false)
  })

  test('a Seq Scan that was planned and had nothing to do counts all the same', async () => {
    const plan = await run("SELECT * FROM countries c JOIN orders o ON o.status <> c.code WHERE c.code = 'xx'", [], {
      enable_material: false,
    })
    expect(String(plan)).toMatch(/Seq Scan on orders o {2}never executed/)
    expect(toSeqScan(plan, 'orders').pass).toBe(true)
  })

  test('the table that a statement writes to is not read by it', async () => {
    const plan = await run('UPDATE orders SET total = 0 WHERE id = 7')
    expect(toSeqScan(plan, 'orders').pass).toBe(false)
  })

  test('a table that the plan does not read is refused with and without .not', async () => {
    expect(refusal(await run('SELECT 1 FROM orders WHERE id = 1'), 'ordres')).toBe(
      [
        "The plan does not read a table 'ordres', only orders.",
        '  SELECT 1 FROM orders WHERE id = 1 [ERR_HOTBED_EVIDENCE]',
        "  → Did you mean 'orders'?",
      ].join('\n'),
    )
    expect(refusal(await run('SELECT 1'))).toBe(
      'The plan reads no table, so there is nothing to judge.\n  SELECT 1 [ERR_HOTBED_EVIDENCE]\n  → Explain a statement that reads the table.',
    )
  })

  test('a table without statistics is refused with the instruction', async () => {
    await database().sql.query('CREATE TABLE IF NOT EXISTS fresh (id int)')
    expect(refusal(await run('SELECT * FROM fresh'))).toBe(
      "The table fresh was never analysed, so the planner guessed. [ERR_HOTBED_EVIDENCE]\n  → Run 'ANALYZE fresh' after filling it, then explain again.",
    )
  })
})

test('anything but a plan is refused', () => {
  expect(refusal(42)).toContain('toSeqScan judges a plan, a statement or a recording, and was given 42.')
})

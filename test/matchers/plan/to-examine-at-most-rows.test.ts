import { expect, test } from 'vitest'
import { toExamineAtMostRows } from '../../../src/matchers/plan/to-examine-at-most-rows.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'
import { explainOn, mask, refusal } from './on-postgres.js'

await describeEachPostgres(SHOP, (database) => {
  const run = explainOn(database)

  test('rows that a filter threw away are examined, rows that an index left out are not', async () => {
    const verdict = toExamineAtMostRows(await run('SELECT id FROM orders WHERE total < 11'), { perRowReturned: 10 })
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "Examined 50,000 rows to return 10 rows, 5,000 per row   budget 10 per row
        SELECT id FROM orders WHERE total < 11

        ✗ Seq Scan on orders  rows 10  removed 49,990  buffers n
              Filter: (total < '11'::numeric)
        49,990 of them were thrown away: no index met the condition under Filter."
    `)
    expect(toExamineAtMostRows(await run('SELECT id FROM orders WHERE user_id = 3'), { perRowReturned: 1 }).pass).toBe(true)
  })

  test('skipped rows of an OFFSET are examined', async () => {
    const plan = await run('SELECT id FROM orders ORDER BY id OFFSET 1000 LIMIT 10')
    expect(toExamineAtMostRows(plan, { perRowReturned: 100 }).pass).toBe(false)
    expect(toExamineAtMostRows(plan, { perRowReturned: 101 }).pass).toBe(true)
  })

  test('every loop of a nested loop counts, and a bitmap once', async () => {
    const settings = { enable_hashjoin: false, enable_mergejoin: false, enable_indexscan: false, enable_indexonlyscan: false }
    const plan = await run('SELECT o.id FROM generate_series(1, 20) u JOIN orders o ON o.user_id = u', [], { settings })
    expect(String(plan)).toMatch(/Bitmap Heap Scan on orders o {2}rows 2,000 {2}loops 20/)
    expect(toExamineAtMostRows(plan, { inTotal: 2000 }).pass).toBe(true)
    expect(toExamineAtMostRows(plan, { inTotal: 1999 }).pass).toBe(false)
  })

  test('a statement that returns nothing may examine as many as one that returns a row', async () => {
    const plan = await run('SELECT id FROM orders WHERE total < 0')
    const verdict = toExamineAtMostRows(plan, { perRowReturned: 50_000 })
    expect(verdict.pass).toBe(true)
    expect(verdict.message().split('\n')[0]).toBe(
      'Examined 50,000 rows to return 0 rows, 50,000 per row, and more than 50,000 per row was expected.',
    )
  })

  test('a plan that was only estimated is refused', async () => {
    const plan = await run('SELECT * FROM orders', [], { analyze: false })
    expect(refusal(() => toExamineAtMostRows(plan, { inTotal: 1 }))).toContain('toExamineAtMostRows judges what was counted')
  })

  test.each<[unknown, string]>([
    [{}, "Option 'budget' must be { perRowReturned, inTotal } with one of them at least, but is an object."],
    [5, "Option 'budget' must be { perRowReturned, inTotal }, but is 5."],
    [{ perRow: 5 }, "toExamineAtMostRows() has no option 'perRow'."],
    [{ inTotal: -1 }, "Option 'inTotal' must be a number of rows from 0 on, but is -1."],
  ])('the budget %j is refused', async (budget, message) => {
    const plan = await run('SELECT code FROM countries')
    expect(refusal(() => toExamineAtMostRows(plan, budget as object))).toContain(message)
  })
})

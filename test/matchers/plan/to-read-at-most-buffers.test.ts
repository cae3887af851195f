import { expect, test } from 'vitest'
import { toReadAtMostBuffers } from '../../../src/matchers/plan/to-read-at-most-buffers.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'
import { explainOn, mask, refusal } from './on-postgres.js'

await describeEachPostgres(SHOP, (database) => {
  const run = explainOn(database)

  test('a plan is within its budget, or one block above it', async () => {
    const plan = await run('SELECT * FROM orders WHERE id = 7')
    const total = plan.root.actual?.buffers?.cumulative.total ?? 0
    expect(total).toBeGreaterThan(1)
    expect(toReadAtMostBuffers(plan, total).pass).toBe(true)
    expect(toReadAtMostBuffers(plan, total - 1).pass).toBe(false)
  })

  test('a failure tells the number, its size, what it was for, and the node that read', async () => {
    const verdict = toReadAtMostBuffers(await run('SELECT * FROM orders WHERE total < $1', [11]), 100)
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message()).replace(/Read [\d,]+ buffers \([\d.]+ MB\)/, 'Read n buffers (n MB)')).toMatchInlineSnapshot(`
      "Read n buffers (n MB) to return 10 rows   budget 100
        SELECT * FROM orders WHERE total < $1
        $1 = 11

        ✗ Seq Scan on orders  rows 10  removed 49,990  buffers n
              Filter: (total < '11'::numeric)
        4,999 rows read and thrown away per row returned."
    `)
  })

  test('.not tells that less was read', async () => {
    const verdict = toReadAtMostBuffers(await run('SELECT code FROM countries'), 5)
    expect(verdict.pass).toBe(true)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "Read 1 buffer (8 kB) to return 3 rows, and more than 5 were expected.
        SELECT code FROM countries

        ✗ Seq Scan on countries  rows 3  buffers n"
    `)
  })

  test('a statement that writes is measured by the rows it wrote', async () => {
    const verdict = toReadAtMostBuffers(await run('UPDATE orders SET status = status WHERE user_id = 3'), 1)
    expect(verdict.message().split('\n')[0]).toMatch(/^Read [\d,]+ buffers \([\d.]+ [kM]B\) to update 100 rows {3}budget 1$/)
  })

  test('a plan that was only estimated is refused', async () => {
    const plan = await run('SELECT * FROM orders', [], { analyze: false })
    expect(refusal(() => toReadAtMostBuffers(plan, 5))).toMatchInlineSnapshot(`
      "toReadAtMostBuffers judges what was counted, and this plan is only an estimate: the statement was not executed.
        SELECT * FROM orders [ERR_HOTBED_EVIDENCE]
        → Explain it without { analyze: false }, or record the statement."
    `)
  })

  test.each([[-1], [1.5], ['10'], [undefined]])('the budget %j is refused', async (budget) => {
    const plan = await run('SELECT code FROM countries')
    expect(refusal(() => toReadAtMostBuffers(plan, budget as number))).toMatch(/^Option 'buffers' must be a whole number from 0 on, but is/)
  })
})

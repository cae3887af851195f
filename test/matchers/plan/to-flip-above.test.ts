import { expect, test } from 'vitest'
import { toFlipAbove } from '../../../src/matchers/plan/to-flip-above.js'
import { makeFolder } from '../../databases/place.js'
import { describeEachSuite } from '../../plan/projection/with-suite.js'
import { NEWEST_VISITS, SKEWED_VISITS } from '../../plan/skewed-visits.js'

/** Costs and the exact size depend on how full pages are. */
function mask(text: string): string {
  return text.replaceAll(/\b2\d{2}[,_]\d{3}\b/g, '2nn,nnn').replaceAll(/[\d.]+ and [\d.]+/g, 'n and n')
}

await describeEachSuite({ migrations: makeFolder({ '1.sql': SKEWED_VISITS }) }, (suite) => {
  test('the rows that are asked for decide', async () => {
    const growth = await suite().postgres.planGrowth(NEWEST_VISITS, [29], { visits: { upTo: 10_000_000 } })
    const above = toFlipAbove(growth, { visits: 100_000 })
    expect(above.pass).toBe(true)
    expect(mask(above.message())).toMatchInlineSnapshot(`
      "The plan does not flip before 100,000 rows of visits, looked at for visits from 20,000 to 10,000,000 rows.
        SELECT page FROM visits WHERE user_id = $1 ORDER BY visited_at DESC LIMIT 10

        visits 20,000   …     visits 2nn,nnn   Limit ← Sort ← Bitmap Heap Scan using visits_user_id_idx
        visits 2nn,nnn  …  visits 10,000,000   Limit ← Index Scan Backward using visits_visited_at_idx
        flips above visits 2nn,nnn
          visits_visited_at_idx is walked in the order of visited_at until 10 rows match (no Index Cond, Filter: (user_id = 29))
          no Sort is needed any more
          cost of the old plan and of the new one: n and n at 2nn,nnn rows, n and n at 337,159 rows"
    `)
    const below = toFlipAbove(growth, { visits: 1_000_000 })
    expect(below.pass).toBe(false)
    expect(mask(below.message())).toMatchInlineSnapshot(`
      "The plan flips before 1,000,000 rows of visits (a forecast with projected statistics).
        SELECT page FROM visits WHERE user_id = $1 ORDER BY visited_at DESC LIMIT 10

        above visits 2nn,nnn ($1 = 29):
          from Limit ← Sort ← Bitmap Heap Scan using visits_user_id_idx
          to   Limit ← Index Scan Backward using visits_visited_at_idx
          visits_visited_at_idx is walked in the order of visited_at until 10 rows match (no Index Cond, Filter: (user_id = 29))
          no Sort is needed any more
          cost of the old plan and of the new one: n and n at 2nn,nnn rows, n and n at 337,159 rows
          see it with real rows: await postgres.grow({ visits: 2nn,nnn }), then explain; or { confirm: true }"
    `)
    expect(() => toFlipAbove(growth, { visits: 20_000_000 })).toThrow(
      'The plan was followed up to 10,000,000 rows of visits, which says nothing of 20,000,000.',
    )
    expect(() => toFlipAbove(growth, { users: 5 })).toThrow('The plan was followed while visits grew, not users.')
    expect(() => toFlipAbove(growth, {})).toThrow("Option 'rows' must be rows by table")
    expect(() => toFlipAbove(growth, { visits: 0.5 })).toThrow("Option 'rows.visits' must be a whole number of rows, but is 0.5.")
  })
})

test('anything but the growth of a plan is refused', () => {
  expect(() => toFlipAbove('x', { visits: 1 })).toThrow('toFlipAbove judges the growth of a plan, and was given the text "x".')
})

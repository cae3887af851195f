import { expect, test } from 'vitest'
import { planHead } from '../../../src/plan/shape.js'
import { toKeepItsPlan } from '../../../src/matchers/plan/to-keep-its-plan.js'
import { makeFolder } from '../../databases/place.js'
import { describeEachSuite } from '../../plan/projection/with-suite.js'
import { NEWEST_VISITS, SKEWED_VISITS } from '../../plan/skewed-visits.js'

/** Costs and the exact size depend on how full pages are. */
function mask(text: string): string {
  return text.replaceAll(/\b2\d{2}[,_]\d{3}\b/g, '2nn,nnn').replaceAll(/[\d.]+ and [\d.]+/g, 'n and n')
}

await describeEachSuite({ migrations: makeFolder({ '1.sql': SKEWED_VISITS }) }, (suite) => {
  test('a plan that flips is shown with the size, both plans, the reason and their costs', async () => {
    const growth = await suite().postgres.planGrowth(NEWEST_VISITS, { heaviest: [0], rare: [29] }, { visits: { upTo: 1_000_000_000 } })
    const verdict = toKeepItsPlan(growth)
    expect(verdict.pass).toBe(false)
    expect(toKeepItsPlan(growth, { compare: 'indexes' }).pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "The plan flips for visits from 20,000 to 1,000,000,000 rows (a forecast with projected statistics).
        SELECT page FROM visits WHERE user_id = $1 ORDER BY visited_at DESC LIMIT 10

        above visits 2nn,nnn, for rare ($1 = 29):
          from Limit ← Sort ← Bitmap Heap Scan using visits_user_id_idx
          to   Limit ← Index Scan Backward using visits_visited_at_idx
          visits_visited_at_idx is walked in the order of visited_at until 10 rows match (no Index Cond, Filter: (user_id = 29))
          no Sort is needed any more
          cost of the old plan and of the new one: n and n at 2nn,nnn rows, n and n at 382,443 rows
          see it with real rows: await postgres.grow({ visits: 2nn,nnn }), then explain; or { confirm: true }"
    `)
  })

  test('a plan that stays is shown under .not', async () => {
    const growth = await suite().postgres.planGrowth('SELECT page FROM visits WHERE id = $1', [7], { visits: { upTo: 1_000_000_000 } })
    const verdict = toKeepItsPlan(growth)
    expect(verdict.pass).toBe(true)
    expect(verdict.message()).toMatchInlineSnapshot(`
      "The plan stays the same for visits from 20,000 to 1,000,000,000 rows (a forecast with projected statistics).
        SELECT page FROM visits WHERE id = $1

        visits 20,000  …  visits 1,000,000,000   Index Scan using visits_pkey
        keeps its plan"
    `)
  })
})

const HISTORY = makeFolder({
  '1.sql': `${SKEWED_VISITS} DROP INDEX visits_user_id_idx; CREATE INDEX visits_history_idx ON visits (user_id, visited_at DESC);`,
})

await describeEachSuite({ migrations: HISTORY }, (suite) => {
  test('where only indexes are compared, the same index used in another way is no flip', async () => {
    // As long as there are fewer than 2,000 rows, all are fetched at once and sorted; then they are read in the order of the index.
    const many = NEWEST_VISITS.replace('LIMIT 10', 'LIMIT 2000')
    const growth = await suite().postgres.planGrowth(many, [5], { visits: { upTo: 10_000_000 } })
    const heads = new Set(growth.sets[0]?.flips.flatMap(({ from, to }) => [planHead(from), planHead(to)]))
    expect([...heads]).toEqual(['Limit ← Sort ← Bitmap Heap Scan using visits_history_idx', 'Limit ← Index Scan using visits_history_idx'])
    expect(toKeepItsPlan(growth).pass).toBe(false)
    const verdict = toKeepItsPlan(growth, { compare: 'indexes' })
    expect(verdict.pass).toBe(true)
    expect(verdict.message()).toContain('The indexes stay the same for visits from 20,000 to 10,000,000 rows')
  })
})

test('options that are none are refused', () => {
  expect(() => toKeepItsPlan({ kind: 'plan-growth', sets: [] }, { compare: 'index' } as never)).toThrow(
    `Option 'compare' must be 'plan' or 'indexes', but is "index".`,
  )
})

test('anything but the growth of a plan is refused', () => {
  expect(() => toKeepItsPlan(42)).toThrow('toKeepItsPlan judges the growth of a plan, and was given 42.')
})

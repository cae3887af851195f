import { expect, test } from 'vitest'
import { toBeStable, type StabilityBounds } from '../../../src/matchers/plan/to-be-stable.js'
import { comparePlans, type StabilityOptions } from '../../../src/plan/stability/compare-plans.js'
import type { ParameterSets } from '../../../src/plan/parameter-sets.js'
import { NEWEST_VISITS, SKEWED_VISITS } from '../../plan/skewed-visits.js'
import { describeEachPostgres } from '../../plan/with-postgres.js'

/** Buffers of the walked index differ between majors. */
function mask(text: string): string {
  return text.replaceAll(/(?<![,\d])\d{3}(?!,?\d)/g, 'nnn')
}

await describeEachPostgres(SKEWED_VISITS, (database) => {
  const compare = (sets: ParameterSets, options?: StabilityOptions, sql = NEWEST_VISITS) => comparePlans(database().sql, sql, sets, options)

  test('a set that suffers from the generic plan fails, with both plans of every set and what to do', async () => {
    const verdict = toBeStable(await compare({ heaviest: [0], rare: [29] }))
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "For rare the generic plan reads nnn times the buffers of the custom plan: nnn, not 3. At most 2 times are allowed.
        SELECT page FROM visits WHERE user_id = $1 ORDER BY visited_at DESC LIMIT 10

        buffers   rows  custom  generic  custom plan
        heaviest    10       3        3  Limit ← Index Scan Backward using visits_visited_at_idx
        rare        10       3      nnn  Limit ← Sort ← Bitmap Heap Scan using visits_user_id_idx
        generic plan: Limit ← Index Scan Backward using visits_visited_at_idx
        plan_cache_mode auto: generic from execution 6 on (all in turn, rare alone); never generic (heaviest alone)

        The generic plan with the values of rare:
          Limit  rows 10  buffers nnn
        ✗   Index Scan Backward using visits_visited_at_idx on visits  rows 10  removed 19,985  buffers nnn
                Filter: (user_id = $1)

        Have the statement planned for its values: SET LOCAL plan_cache_mode = force_custom_plan, and the same in { settings } here.
        Or have an index that is best for every set (columns of WHERE, then of ORDER BY), or send rare and frequent values as two statements."
    `)
  })

  test('every remedy of the message makes it pass', async () => {
    const sets = { heaviest: [0], rare: [29] }
    const told = await compare(sets, { settings: { plan_cache_mode: 'force_custom_plan' } })
    expect(toBeStable(told).pass).toBe(true)
    await database().sql.query('BEGIN; DROP INDEX visits_visited_at_idx; CREATE INDEX ON visits (user_id, visited_at DESC)')
    try {
      const verdict = toBeStable(await compare(sets, { insideTransaction: true }))
      expect(verdict.message()).toContain('For heaviest the generic plan reads 1 times the buffers of the custom plan')
    } finally {
      await database().sql.query('ROLLBACK')
    }
  })

  test('a generic plan that the server would never use is judged only when it is asked for', async () => {
    const stability = await compare({ rare: [29] }, { settings: { plan_cache_mode: 'force_custom_plan' } })
    const verdict = toBeStable(stability)
    expect(verdict.pass).toBe(true)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "The server never uses the generic plan for these sets, so the statement is stable.
        SELECT page FROM visits WHERE user_id = $1 ORDER BY visited_at DESC LIMIT 10

        buffers  rows  custom  generic  custom plan
        rare       10       3      nnn  Limit ← Sort ← Bitmap Heap Scan using visits_user_id_idx
        generic plan: Limit ← Index Scan Backward using visits_visited_at_idx
        plan_cache_mode force_custom_plan: every execution is planned for its values, whichever of these sets come first
        { evenIfNotUsed: true } judges the generic plan all the same."
    `)
    expect(toBeStable(stability, { evenIfNotUsed: true }).pass).toBe(false)
    expect(toBeStable(stability, { evenIfNotUsed: true, within: 1000 }).pass).toBe(true)
  })

  test('a few buffers more are no defect', async () => {
    const stability = await compare({ one: [7] }, {}, 'SELECT page FROM visits WHERE id = $1')
    expect(toBeStable(stability, { within: 1, evenIfNotUsed: true }).pass).toBe(true)
  })

  test('bounds that are none and tables without statistics are refused', async () => {
    const stability = await compare({ rare: [29] })
    expect(() => toBeStable(stability, { within: 0.5 })).toThrow("Option 'within' must be a factor from 1 on, but is 0.5.")
    expect(() => toBeStable(stability, { evenIfUnused: true } as StabilityBounds)).toThrow("toBeStable() has no option 'evenIfUnused'.")
    await database().sql.query('CREATE TABLE IF NOT EXISTS fresh (id int PRIMARY KEY)')
    const fresh = await compare([[1]], {}, 'SELECT FROM fresh WHERE id = $1')
    expect(() => toBeStable(fresh)).toThrow('The table fresh was never analysed')
  })
})

test('anything but the plans of several sets is refused', () => {
  expect(() => toBeStable(42)).toThrow('toBeStable judges the plans of several sets of values, and was given 42.')
})

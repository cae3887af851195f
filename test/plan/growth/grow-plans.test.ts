import { expect, test } from 'vitest'
import type { PlanGrowthOptions } from '../../../src/plan/growth/grow-plans.js'
import type { GrowthRange } from '../../../src/plan/growth/size-ladder.js'
import { planHead } from '../../../src/plan/shape.js'
import { makeFolder } from '../../databases/place.js'
import { describeEachSuite } from '../projection/with-suite.js'
import { NEWEST_VISITS, SKEWED_VISITS } from '../skewed-visits.js'

const BILLION = { visits: { upTo: 1_000_000_000 } }
const OF_USER = 'SELECT count(page) FROM visits WHERE user_id = $1'

await describeEachSuite({ migrations: makeFolder({ '1.sql': SKEWED_VISITS }) }, (suite) => {
  test('a flip is forecast, for the set of values that it concerns, with its reason and what both plans cost', async () => {
    const growth = await suite().postgres.planGrowth(NEWEST_VISITS, { heaviest: [0], rare: [29] }, BILLION)
    expect(growth.tables).toEqual([{ table: 'visits', seeded: 20_000, from: 20_000, upTo: 1_000_000_000 }])
    const [heaviest, rare] = growth.sets
    expect([heaviest?.flips, heaviest?.ties, rare?.ties, rare?.flips.length]).toEqual([[], [], [], 1])
    expect(rare?.points.length).toBeGreaterThan(12)
    const [flip] = rare?.flips ?? []
    expect([flip?.from, flip?.to].map((plan) => plan && planHead(plan))).toEqual([
      'Limit ← Sort ← Bitmap Heap Scan using visits_user_id_idx',
      'Limit ← Index Scan Backward using visits_visited_at_idx',
    ])
    expect(flip?.above['visits']).toBeGreaterThan(150_000)
    expect(flip?.above['visits']).toBeLessThan(400_000)
    expect(flip?.why).toEqual([
      'visits_visited_at_idx is walked in the order of visited_at until 10 rows match (no Index Cond, Filter: (user_id = 29))',
      'no Sort is needed any more',
    ])
    const cheaper = flip?.costs.map(({ from = 0, to = 0 }) => (from < to ? 'from' : 'to'))
    expect(cheaper).toEqual(['from', 'from', 'to', 'to'])
  })

  test('it prints the sizes with their plans, flips and reasons', async () => {
    const growth = await suite().postgres.planGrowth(NEWEST_VISITS, [29], BILLION)
    // Costs and the exact size depend on how full pages are.
    const masked = String(growth)
      .replaceAll(/\b2\d{2},\d{3}\b/g, '2nn,nnn')
      .replaceAll(/[\d.]+ and [\d.]+/g, 'n and n')
    expect(masked).toMatchInlineSnapshot(`
      "visits 20,000   …        visits 2nn,nnn   Limit ← Sort ← Bitmap Heap Scan using visits_user_id_idx
      visits 2nn,nnn  …  visits 1,000,000,000   Limit ← Index Scan Backward using visits_visited_at_idx
      flips above visits 2nn,nnn
        visits_visited_at_idx is walked in the order of visited_at until 10 rows match (no Index Cond, Filter: (user_id = 29))
        no Sort is needed any more
        cost of the old plan and of the new one: n and n at 2nn,nnn rows, n and n at 382,443 rows"
    `)
  })

  test('the plan that was forecast is the one of a single forecast at that size', async () => {
    const { postgres } = suite()
    const growth = await postgres.planGrowth(NEWEST_VISITS, [29], { visits: { from: 100_000, upTo: 1_000_000 } })
    for (const { rows, plan } of growth.sets[0]?.points ?? [])
      expect(planHead(plan)).toBe(planHead(await postgres.explainAtScale(NEWEST_VISITS, [29], rows)))
  })

  test('a planner that ties is told as such, and not as a flip', async () => {
    const { postgres } = suite()
    // The cost of the bitmap is brought to where the planner goes to and fro between it and reading the whole table.
    const costWith = async (settings: Readonly<Record<string, number | boolean>>): Promise<number> => {
      const options = { settings: { ...settings, enable_indexscan: false } }
      return (await postgres.explainAtScale(OF_USER, [0], { visits: 1_000_000 }, options)).root.cost.total
    }
    const whole = await costWith({ enable_bitmapscan: false })
    const free = await costWith({ enable_seqscan: false, cpu_index_tuple_cost: 0 })
    const dear = await costWith({ enable_seqscan: false, cpu_index_tuple_cost: 0.1 })
    const settings = { enable_indexscan: false, cpu_index_tuple_cost: (0.1 * (whole / 1.01 - free)) / (dear - free) }
    const toAndFro = await postgres.planGrowth(OF_USER, [0], BILLION, { settings })
    expect(toAndFro.sets[0]?.flips).toEqual([])
    expect(toAndFro.sets[0]?.ties[0]?.why).toBe(
      'the plan goes to and fro: Aggregate ← Seq Scan on visits | Aggregate ← Bitmap Heap Scan using visits_user_id_idx',
    )
    const there = await postgres.planGrowth(OF_USER, [0], { visits: { upTo: 1_000_000 } }, { settings })
    expect(there.sets[0]?.flips).toEqual([])
    expect(there.sets[0]?.ties[0]?.why).toMatch(/^both plans cost the same to the planner: they differ by at most [01]\.\d\d %$/)
    expect(String(there)).toContain('ties between visits')
  })

  test('the database of the suite is not touched, and tables that do not grow stay as they are', async () => {
    const { postgres } = suite()
    const state = async () =>
      (
        await postgres.query(
          "SELECT relname, relpages, reltuples, pg_relation_size(oid)::text FROM pg_class WHERE relname LIKE 'visits%' ORDER BY 1",
        )
      ).rows
    const before = await state()
    await postgres.planGrowth(NEWEST_VISITS, [29], BILLION)
    expect(await state()).toEqual(before)
    expect((await postgres.query('SELECT FROM pg_index WHERE NOT indisvalid')).rowCount).toBe(0)
  })

  test('bad input is refused', async () => {
    const refused = (sql: string, values: unknown, rows: unknown, options?: PlanGrowthOptions): Promise<string> =>
      suite()
        .postgres.planGrowth(sql, values as readonly unknown[], rows as Readonly<Record<string, GrowthRange>>, options)
        .then(
          () => 'no error',
          (error: Error) => error.message,
        )
    expect(await refused(NEWEST_VISITS, [29], {})).toContain("Option 'rows' must be ranges by table")
    expect(await refused(NEWEST_VISITS, [], BILLION)).toContain('The statement has 1 parameter, and no values were given.')
    expect(await refused(NEWEST_VISITS, {}, BILLION)).toContain('There is no set of values')
    expect(await refused(NEWEST_VISITS, [29], BILLION, { sizes: 3 })).toContain(
      "Option 'sizes' must be a whole number from 12 to 100, but is 3.",
    )
    expect(await refused(NEWEST_VISITS, [29], BILLION, { confirm: 1 } as unknown as PlanGrowthOptions)).toContain("Option 'confirm'")
    expect(await refused('SELECT 1', [], BILLION)).toBe(
      'The statement does not read visits, so its plan is the same at every size. [ERR_HOTBED_OPTION]\n  → Name the tables that it reads.',
    )
    expect(await refused(NEWEST_VISITS, [29], { visits: { upTo: 100 } })).toContain(
      "Option 'rows.visits.upTo' must be more than the 20,000 rows that it starts from, but is 100.",
    )
    expect(await refused(NEWEST_VISITS, [29], BILLION, { confirm: true })).toContain(
      'continues the dataset of the stack, but the stack has none',
    )
  })
})

import { expect, test } from 'vitest'
import { explain } from '../../../src/plan/explain.js'
import type { ParameterSets } from '../../../src/plan/parameter-sets.js'
import { planHead } from '../../../src/plan/shape.js'
import { comparePlans, type StabilityOptions } from '../../../src/plan/stability/compare-plans.js'
import { buffersOf } from '../../../src/plan/work.js'
import { NEWEST_VISITS, SKEWED_VISITS } from '../skewed-visits.js'
import { describeEachPostgres } from '../with-postgres.js'

await describeEachPostgres(SKEWED_VISITS, (database) => {
  const compare = (sql: string, sets: ParameterSets, options?: StabilityOptions) => comparePlans(database().sql, sql, sets, options)
  const prepared = async (): Promise<number> => (await database().sql.query('SELECT FROM pg_prepared_statements')).rowCount ?? 0

  test('each set has the plan made for it and the one plan made for all', async () => {
    const { kind, sets } = await compare(NEWEST_VISITS, { heaviest: [0], rare: [29] })
    expect(kind).toBe('plan-stability')
    expect(sets.map(({ name, params, custom }) => [name, params, planHead(custom)])).toEqual([
      ['heaviest', [0], 'Limit ← Index Scan Backward using visits_visited_at_idx'],
      ['rare', [29], 'Limit ← Sort ← Bitmap Heap Scan using visits_user_id_idx'],
    ])
    expect(sets.map(({ generic }) => planHead(generic))).toEqual(sets.map(() => 'Limit ← Index Scan Backward using visits_visited_at_idx'))
    expect(sets.map(({ custom, generic }) => [custom.generic, generic.generic, generic.analyzed])).toEqual(
      sets.map(() => [false, true, true]),
    )
    const [heaviest, rare] = sets
    expect(heaviest && buffersOf(heaviest.generic)).toBeLessThan(5)
    expect(rare && buffersOf(rare.custom)).toBeLessThan(5)
    expect(rare && buffersOf(rare.generic)).toBeGreaterThan(350)
  })

  test('the switch is seen on a prepared statement, for all sets in turn and for each alone', async () => {
    const { switch: change } = await compare(NEWEST_VISITS, { heaviest: [0], rare: [29] })
    expect(change).toEqual({
      planCacheMode: 'auto',
      series: [
        { sets: ['heaviest', 'rare'], executions: 10, genericAt: 6 },
        { sets: ['heaviest'], executions: 6, genericAt: undefined },
        { sets: ['rare'], executions: 6, genericAt: 6 },
      ],
      happens: true,
    })
  })

  test('what is said of the switch is what a client sees that prepares and executes', async () => {
    const { sql } = database()
    await sql.query(`PREPARE client AS ${NEWEST_VISITS}`)
    const walks: boolean[] = []
    for (const user of [0, 29, 0, 29, 0, 29, 0]) {
      const { rows } = await sql.query(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE client (${user})`)
      walks.push(JSON.stringify(rows).includes('$1'))
    }
    await sql.query('DEALLOCATE client')
    expect(walks).toEqual([false, false, false, false, false, true, true])
  })

  test('a server that keeps to custom plans is seen as such, and so is one that is told to', async () => {
    const alone = await compare(NEWEST_VISITS, [[0]])
    expect(alone.switch.series).toEqual([{ sets: ['set 1'], executions: 8, genericAt: undefined }])
    expect(alone.switch.happens).toBe(false)
    const told = (mode: string) => compare(NEWEST_VISITS, { rare: [29] }, { settings: { plan_cache_mode: mode } })
    expect((await told('force_custom_plan')).switch).toMatchObject({ planCacheMode: 'force_custom_plan', happens: false })
    expect((await told('force_generic_plan')).switch.series).toMatchObject([{ genericAt: 1 }])
  })

  test('it prints both plans of each set and the switch', async () => {
    const stability = await compare(NEWEST_VISITS, { heaviest: [0], rare: [29] })
    expect(String(stability).replaceAll(/\b\d{3}\b/g, 'nnn')).toMatchInlineSnapshot(`
      "buffers   rows  custom  generic  custom plan
      heaviest    10       3        3  Limit ← Index Scan Backward using visits_visited_at_idx
      rare        10       3      nnn  Limit ← Sort ← Bitmap Heap Scan using visits_user_id_idx
      generic plan: Limit ← Index Scan Backward using visits_visited_at_idx
      plan_cache_mode auto: generic from execution 6 on (all in turn, rare alone); never generic (heaviest alone)"
    `)
    expect(structuredClone({ ...stability, sets: [] })).toEqual({ ...stability, sets: [] })
  })

  test('counts are the same each time', async () => {
    const counts = async (): Promise<unknown> =>
      (await compare(NEWEST_VISITS, { rare: [29], heaviest: [0] })).sets.map(({ custom, generic }) => [
        buffersOf(custom),
        buffersOf(generic),
      ])
    const first = await counts()
    expect(await counts()).toEqual(first)
  })

  test('nothing that the statement writes remains, and nothing that was prepared', async () => {
    await compare('UPDATE visits SET page = $2 WHERE user_id = $1', { rare: [29, "it's"], heaviest: [0, null] }).catch(() => undefined)
    const { sets } = await compare('DELETE FROM visits WHERE user_id = $1', { rare: [29] })
    expect(sets[0]?.custom.root.operation).toBe('Delete')
    const { rows } = await database().sql.query(
      "SELECT count(*)::int AS left, count(*) FILTER (WHERE page LIKE 'it%')::int AS new FROM visits",
    )
    expect(rows).toEqual([{ left: 20_000, new: 0 }])
    expect(await prepared()).toBe(0)
  })

  test('inside a transaction it sees the rows of it and leaves it open', async () => {
    const { sql } = database()
    await sql.query('BEGIN')
    try {
      await sql.query("INSERT INTO visits VALUES (20001, 77, now(), 'new')")
      const { sets } = await compare('SELECT page FROM visits WHERE user_id = $1', { one: [77] }, { insideTransaction: true })
      expect(sets[0]?.generic.root.actual?.rows).toBe(1)
      expect((await sql.query('SELECT FROM visits WHERE user_id = 77')).rowCount).toBe(1)
    } finally {
      await sql.query('ROLLBACK')
    }
    expect(await prepared()).toBe(0)
  })

  test('bad input is refused before anything is executed', async () => {
    const refused = (sql: string, sets: unknown, options?: StabilityOptions): Promise<string> =>
      compare(sql, sets as ParameterSets, options).then(
        () => 'no error',
        (error: Error) => error.message,
      )
    expect(await refused('SELECT 1', { one: [] })).toContain('The statement has no parameters, so there is one plan only')
    expect(await refused(NEWEST_VISITS, { one: [1], two: [] })).toContain('The statement has 1 parameter, and no values were given.')
    expect(await refused(NEWEST_VISITS, {})).toContain('There is no set of values')
    expect(await refused(NEWEST_VISITS, { one: 1 })).toContain("Option 'paramSets: one' must be a list of values, such as [17], but is 1.")
    expect(await refused(NEWEST_VISITS, [1])).toContain("Option 'paramSets: set 1' must be a list of values")
    expect(await refused(NEWEST_VISITS, 7)).toContain("Option 'paramSets' must be sets of values")
    expect(await refused(NEWEST_VISITS, [[1]], { analyse: true } as StabilityOptions)).toContain("planStability() has no option 'analyse'")
    expect(await refused('SELEC $1', [[1]])).toContain('SELEC has no plan')
    expect(await refused('SELECT * FROM nowhere WHERE id = $1', [[1]])).toContain('relation "nowhere" does not exist')
    expect(await prepared()).toBe(0)
    expect((await explain(database().sql, 'SELECT 1')).root.type).toBe('Result')
  })
})

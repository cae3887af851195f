import pg from 'pg'
import { expect, test } from 'vitest'
import { startSuite } from '../../../src/index.js'
import { toEstimateRowsWithin } from '../../../src/matchers/plan/to-estimate-rows-within.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'
import { explainOn, mask, refusal } from './on-postgres.js'

/** Two columns that always have the same value, which the planner does not know. */
const TWINS = `
  CREATE TABLE twins (a int, b int, note text);
  INSERT INTO twins SELECT i % 100, i % 100, 'n' FROM generate_series(1, 50000) i;
`

await describeEachPostgres(SHOP + TWINS, (database) => {
  const run = explainOn(database)

  test('conditions that depend on each other are told with the node and the statistics to make', async () => {
    const plan = await run('SELECT * FROM twins WHERE a = 7 AND b = 7 ORDER BY note')
    const verdict = toEstimateRowsWithin(plan, 10)
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message()).replace(/estimated \d+ rows, found 500: \d+×/, 'estimated n rows, found 500: n×'))
      .toMatchInlineSnapshot(`
      "Seq Scan on twins: estimated n rows, found 500: n× too few   at most 10×
        SELECT * FROM twins WHERE a = 7 AND b = 7 ORDER BY note

          Sort  rows 500  buffers n
        ✗   Seq Scan on twins  rows 500  removed 49,500  buffers n
                Filter: ((a = 7) AND (b = 7))
        The planner takes its conditions for independent of each other. Where they are not, tell it:
          CREATE STATISTICS twins_a_b_stats ON a, b FROM twins; ANALYZE twins;"
    `)
    expect(toEstimateRowsWithin(plan, 200).pass).toBe(true)
  })

  test('the statistics that are proposed are the remedy', async () => {
    const sql = 'SELECT * FROM twins WHERE a = 8 AND b = 8'
    const [, statements = ''] = /(CREATE STATISTICS .*)/.exec(toEstimateRowsWithin(await run(sql), 2).message()) ?? []
    await database().sql.query(statements)
    expect(toEstimateRowsWithin(await run(sql), 2).pass).toBe(true)
    await database().sql.query('DROP STATISTICS twins_a_b_stats; ANALYZE twins')
    expect(toEstimateRowsWithin(await run(sql), 2).pass).toBe(false)
  })

  test('a good estimate is told under .not with the farthest node', async () => {
    const verdict = toEstimateRowsWithin(await run('SELECT * FROM orders WHERE user_id = 3'), 3)
    expect(verdict.pass).toBe(true)
    expect(verdict.message()).toMatch(
      / on orders.*: estimated \d+ rows, found 100: 1(\.\d)?× too (few|many), and farther than 3× was expected\./,
    )
  })

  test('rows of a nested loop are compared in each loop', async () => {
    const settings = { enable_hashjoin: false, enable_mergejoin: false, enable_memoize: false }
    const plan = await run('SELECT * FROM generate_series(1, 1000) u JOIN orders o ON o.id = u', [], { settings })
    expect(String(plan)).toContain('loops 1,000')
    expect(toEstimateRowsWithin(plan, 1.5).pass).toBe(true)
  })

  test.each([
    ['LIMIT', 'SELECT * FROM orders WHERE total > 0 LIMIT 5'],
    ['EXISTS', 'SELECT 1 WHERE EXISTS (SELECT FROM orders WHERE total > 0)'],
    ['semi-join', 'SELECT * FROM countries c WHERE EXISTS (SELECT FROM orders o WHERE o.status <> c.code)'],
  ])('a scan that a %s stopped early is not judged', async (_name, sql) => {
    const plan = await run(sql, [], { settings: { enable_material: false } })
    expect(String(plan)).toMatch(/Seq Scan on orders/)
    expect(toEstimateRowsWithin(plan, 5).pass).toBe(true)
  })

  test('more rows than estimated are told below a LIMIT, too, and all of them below a sort', async () => {
    expect(toEstimateRowsWithin(await run('SELECT * FROM twins WHERE a = 7 AND b = 7 LIMIT 400'), 10).pass).toBe(false)
    expect(toEstimateRowsWithin(await run('SELECT * FROM twins WHERE a = 7 AND b <> 7 ORDER BY note LIMIT 1'), 10).pass).toBe(false)
  })

  test('nodes that were never executed are not judged', async () => {
    const plan = await run("SELECT * FROM events WHERE at = (SELECT max('2024-03-01'::date))")
    expect(String(plan)).toMatch(/events_2023 .*never executed/)
    expect(toEstimateRowsWithin(plan, 3).pass).toBe(true)
  })

  test('a table without statistics, and a plan that was only estimated, are refused', async () => {
    await database().sql.query('CREATE TABLE IF NOT EXISTS fresh (id int)')
    const fresh = await run('SELECT * FROM fresh')
    expect(refusal(() => toEstimateRowsWithin(fresh, 5))).toContain("Run 'ANALYZE fresh' after filling it")
    const estimated = await run('SELECT * FROM orders', [], { analyze: false })
    expect(refusal(() => toEstimateRowsWithin(estimated, 5))).toContain('toEstimateRowsWithin judges what was counted')
  })

  test.each([[0.5], ['2'], [undefined], [Number.NaN]])('the factor %j is refused', async (factor) => {
    const plan = await run('SELECT code FROM countries')
    expect(refusal(() => toEstimateRowsWithin(plan, factor as number))).toContain("Option 'factor' must be a number from 1 on")
  })
})

test('what ran within a statement may have stopped at its first row', async () => {
  await using suite = await startSuite({ postgres: {} })
  await suite.postgres.query(`
    CREATE TABLE numbers (n int, note text);
    INSERT INTO numbers SELECT i % 10, 'n' FROM generate_series(1, 10000) i;
    CREATE FUNCTION first_note() RETURNS text LANGUAGE plpgsql AS 'DECLARE found text; BEGIN SELECT note INTO found FROM numbers WHERE n = 7; RETURN found; END';
  `)
  await suite.postgres.query('ANALYZE numbers')
  const client = new pg.Client({ connectionString: suite.postgres.url })
  await client.connect()
  const run = await suite.record(() => client.query('SELECT first_note() AS note'))
  await client.end()
  expect(String(run.statements[0]?.nested[0]?.plan)).toMatch(/^Seq Scan on numbers {2}rows 1 /)
  expect(toEstimateRowsWithin(run, 10).pass).toBe(true)
})

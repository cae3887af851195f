import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parsePlan } from '../../src/plan/parse.js'
import type { Plan } from '../../src/plan/plan.js'
import { findSmells } from '../../src/plan/smells/find-smells.js'
import { planNodes } from '../../src/plan/walk.js'

/** What `psql -At` printed on real servers: SHOP of with-postgres.ts, the statements as in the file's name. */
function readFixture(name: string): Plan {
  return parsePlan(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'), {
    sql: '',
    params: [],
    postgresVersion: name.slice(-2),
  })
}

function failure(output: unknown): string {
  try {
    parsePlan(output, { sql: '', params: [], postgresVersion: '18' })
    return 'no error'
  } catch (error) {
    return String(error)
  }
}

describe.each(['15', '18'])('output of PostgreSQL %s', (major) => {
  test('sub-plans have the same names', () => {
    const names = planNodes(readFixture(`cte-subplans-${major}`)).flatMap(({ subplanName }) => subplanName ?? [])
    expect(names).toEqual(['CTE c', 'InitPlan 2', 'InitPlan 4', 'SubPlan 3'])
  })

  test('a query identifier of 64 bits is kept to the last digit', () => {
    const text = readFileSync(new URL(`fixtures/cte-subplans-${major}.json`, import.meta.url), 'utf8')
    const [, digits] = /"Query Identifier": (-?\d+)/.exec(text) ?? []
    const plan = readFixture(`cte-subplans-${major}`)
    expect(digits?.length).toBeGreaterThan(16)
    expect(plan.queryIdentifier).toBe(digits)
    expect(plan.raw['Query Identifier']).toBe(digits)
  })

  test('the same node is marked as disabled, and none of those above it', () => {
    const disabled = planNodes(readFixture(`cte-subplans-${major}`)).filter((node) => node.disabled)
    expect(disabled.map(({ type, relation }) => `${type} ${relation?.alias}`)).toEqual(['Seq Scan m'])
  })

  test('rows of a sub-plan are totals over its loops', () => {
    const scan = planNodes(readFixture(`cte-subplans-${major}`)).find(({ relation }) => relation?.alias === 'o')
    expect(scan?.actual).toMatchObject({ rows: major === '15' ? 297 : 298, rowsPerLoop: major === '15' ? 99 : 99.33, loops: 3 })
  })

  test('the parts of parallel workers add up', () => {
    const plan = readFixture(`parallel-${major}`)
    const gather = planNodes(plan).find(({ type }) => type === 'Gather')
    const scan = planNodes(plan).find(({ type }) => type === 'Seq Scan')
    expect(gather?.workers?.planned).toBeGreaterThan(0)
    expect(scan?.actual?.loops).toBe(1 + (gather?.workers?.launched ?? 0))
    // Averages of a loop are whole numbers on 15.
    expect(Math.abs((scan?.actual?.rows ?? 0) - 25_000)).toBeLessThan(3)
    expect(Math.abs((scan?.actual?.rowsRemoved.byFilter ?? 0) - 25_000)).toBeLessThan(3)
  })

  test('a field that has no name here is kept as it came', () => {
    expect(readFixture(`cte-subplans-${major}`).root.raw).toMatchObject({ 'CTE Name': 'c', 'Parallel Aware': false })
    expect(readFixture(`cte-subplans-${major}`).root.raw).not.toHaveProperty('Plans')
  })
})

test('what a driver has parsed is read as well, without the identifier that it has rounded', () => {
  const parsed: unknown = JSON.parse(readFileSync(new URL('fixtures/cte-subplans-18.json', import.meta.url), 'utf8'))
  const plan = parsePlan(parsed, { sql: '', params: [], postgresVersion: '18' })
  expect(plan.root).toEqual(readFixture('cte-subplans-18').root)
  expect(plan.queryIdentifier).toBeUndefined()
})

test('the output of a version that is not known yet is read as far as it goes, and printed', () => {
  const output = [
    {
      Plan: {
        'Node Type': 'Quantum Scan',
        'Relation Name': 'orders',
        Alias: 'orders',
        'Actual Rows': 3.5,
        'Actual Loops': 2,
        'Plan Rows': 7,
        'Entangled With': ['a', { b: 1 }],
        'Shared Hit Blocks': 4,
        Plans: [{ 'Node Type': 'Index Scan', 'Parent Relationship': 'Entangled', 'Actual Rows': 1, 'Actual Loops': 1 }],
      },
      'Planner Mood': 'good',
      Triggers: 'none',
    },
  ]
  const plan = parsePlan(output, { sql: 'SELECT 1', params: [], postgresVersion: '25.1' })
  expect(plan.root).toMatchObject({ type: 'Quantum Scan', relation: { table: 'orders' }, actual: { rows: 7, loops: 2 } })
  expect(plan.root.raw).toMatchObject({ 'Entangled With': ['a', { b: 1 }] })
  expect(plan.raw).toMatchObject({ 'Planner Mood': 'good' })
  expect(String(plan)).toBe('Quantum Scan on orders  rows 7  loops 2  buffers 4\n  Index Scan  rows 1')
  expect(findSmells(plan)).toEqual([])
})

test('the form of auto_explain, without a list around it, is read', () => {
  const plan = parsePlan('{"Query Text": "SELECT 12345678901234567890", "Plan": {"Node Type": "Result", "Plan Rows": 1}}', {
    sql: '',
    params: [],
    postgresVersion: '18',
  })
  expect(plan.root).toMatchObject({ type: 'Result', estimatedRows: 1, actual: undefined })
  expect(plan.raw['Query Text']).toBe('SELECT 12345678901234567890')
})

test('ANALYZE without BUFFERS leaves buffers unknown instead of 0', () => {
  const output = { Plan: { 'Node Type': 'Result', 'Actual Rows': 1, 'Actual Loops': 1 } }
  expect(parsePlan(output, { sql: '', params: [], postgresVersion: '18' }).root.actual).toMatchObject({ rows: 1, buffers: undefined })
})

test('only the alias of the one relation is dropped from a condition', () => {
  const scan = (filter: string): string | undefined =>
    parsePlan(
      { Plan: { 'Node Type': 'Seq Scan', 'Relation Name': 'o', Alias: 'o', Filter: filter } },
      { sql: '', params: [], postgresVersion: '18' },
    ).root.conditions.filter
  expect(scan('((o.id = 1) AND (o."Note" = \'o.id\'::text) AND (x.o.id = foo.id))')).toBe(
    '((id = 1) AND ("Note" = \'o.id\'::text) AND (x.o.id = foo.id))',
  )
})

test.each([
  ['text', 'Seq Scan on orders', 'it is no JSON and starts with "Seq Scan on orders"'],
  ['nothing', [], 'it is empty'],
  ['a list of plans', [{ Plan: {} }, { Plan: {} }], 'it holds 2 statements, and a plan is of one'],
  ['another object', [{ Query: {} }], "it has no 'Plan', but Query"],
  ['a node without its type', [{ Plan: { Node: 'Scan' } }], "a node has no 'Node Type', but Node"],
])('%s is refused', (_, output, why) => {
  expect(failure(output)).toBe(
    `HotbedError: This is no EXPLAIN output that hotbed can read: ${why}. [ERR_HOTBED_PLAN]\n  → Plans are read from EXPLAIN (FORMAT JSON) of PostgreSQL 13 to 18.`,
  )
})

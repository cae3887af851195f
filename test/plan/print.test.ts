import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parsePlan } from '../../src/plan/parse.js'
import type { Plan } from '../../src/plan/plan.js'
import { printPath } from '../../src/plan/print.js'
import { planNodes } from '../../src/plan/walk.js'

function readFixture(name: string): Plan {
  return parsePlan(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'), { sql: '', params: [], postgresVersion: '18' })
}

test('a whole plan with sub-plans, loops and a disabled node', () => {
  expect(String(readFixture('cte-subplans-18'))).toMatchInlineSnapshot(`
    "CTE Scan on c  rows 3  buffers 728
        Filter: (c.n > (InitPlan 4).col1)
      CTE c: GroupAggregate  rows 3  buffers 4
          Group Key: orders.user_id
        Index Only Scan using orders_user_id_created_at_idx on orders  rows 300  buffers 4
            Index Cond: (orders.user_id < 3)
      InitPlan 2: Aggregate  rows 1  buffers 417
        Seq Scan on orders m  rows 50,000  buffers 417  disabled
      InitPlan 4: Result  rows 1  buffers 0
      SubPlan 3: Aggregate  rows 3  loops 3  buffers 307
        Bitmap Heap Scan on orders o  rows 298  removed 3  loops 3  buffers 307
            Recheck Cond: (o.user_id = c.user_id)
            Filter: (o.total > '5'::numeric)
          Bitmap Index Scan on orders_user_id_created_at_idx  rows 300  loops 3  buffers 7
              Index Cond: (o.user_id = c.user_id)"
  `)
})

test('parallel workers', () => {
  expect(String(readFixture('parallel-15'))).toMatchInlineSnapshot(`
    "Aggregate  rows 1  buffers 417
      Gather  rows 3  buffers 417
        Aggregate  rows 3  loops 3  buffers 417
          Seq Scan on orders  rows 24,999  removed 24,999  loops 3  buffers 417
              Filter: (total > '25000'::numeric)"
  `)
})

test('only the path to the guilty nodes is printed, and what it leaves out is counted', () => {
  const plan = readFixture('cte-subplans-18')
  const guilty = planNodes(plan).filter(({ relation }) => relation?.alias === 'm')
  expect(printPath(plan, { guilty }).join('\n')).toMatchInlineSnapshot(`
    "  CTE Scan on c  rows 3  buffers 728
        InitPlan 2: Aggregate  rows 1  buffers 417
    ✗     Seq Scan on orders m  rows 50,000  buffers 417  disabled
        … 6 more nodes"
  `)
})

test('joins and aggregates have the names of the text format', () => {
  const print = (node: object): string =>
    String(parsePlan({ Plan: { 'Plan Rows': 1234, ...node } }, { sql: '', params: [], postgresVersion: '18' }))
  expect(print({ 'Node Type': 'Hash Join', 'Join Type': 'Left' })).toBe('Hash Left Join  estimated rows 1,234')
  expect(print({ 'Node Type': 'Nested Loop', 'Join Type': 'Anti' })).toBe('Nested Loop Anti Join  estimated rows 1,234')
  expect(print({ 'Node Type': 'Merge Join', 'Join Type': 'Inner' })).toBe('Merge Join  estimated rows 1,234')
  expect(print({ 'Node Type': 'Aggregate', Strategy: 'Hashed' })).toBe('HashAggregate  estimated rows 1,234')
  expect(print({ 'Node Type': 'Append', 'Subplans Removed': 3 })).toBe('Append  estimated rows 1,234  pruned 3')
  expect(print({ 'Node Type': 'Index Scan', 'Scan Direction': 'Backward', 'Index Name': 'i', 'Relation Name': 't', Schema: 's' })).toBe(
    'Index Scan Backward using i on s.t  estimated rows 1,234',
  )
  expect(print({ 'Node Type': 'Sort', 'Actual Rows': 2, 'Actual Loops': 1, 'Shared Hit Blocks': 3, 'Temp Written Blocks': 1500 })).toBe(
    'Sort  rows 2  buffers 3  spilled 1,500',
  )
})

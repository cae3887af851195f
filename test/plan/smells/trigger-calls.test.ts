import { expect, test } from 'vitest'
import { parsePlan } from '../../../src/plan/parse.js'
import { triggerCalls } from '../../../src/plan/smells/trigger-calls.js'

const read = (Triggers: unknown) =>
  triggerCalls(parsePlan({ Plan: { 'Node Type': 'Result' }, Triggers }, { sql: '', params: [], postgresVersion: '18' }))

test('triggers are told apart from those of foreign keys', () => {
  const own = { 'Trigger Name': 'audit', Relation: 'users', Calls: 3 }
  const key = { 'Trigger Name': 'RI_ConstraintTrigger_a_16400', 'Constraint Name': 'orders_user_fkey', Relation: 'users', Calls: 1.0 }
  expect(read([own, key])).toEqual([
    { name: 'audit', table: 'users', calls: 3, constraint: undefined },
    { name: 'RI_ConstraintTrigger_a_16400', table: 'users', calls: 1, constraint: 'orders_user_fkey' },
  ])
})

test('a plan without triggers has none', () => {
  expect(read([])).toEqual([])
  expect(read(undefined)).toEqual([])
})

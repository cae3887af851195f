import { expect, test } from 'vitest'
import { parsePlan } from '../../../src/plan/parse.js'
import { writeIndexColumn } from '../../../src/primitives/create-index.js'
import { ownComparisons } from '../../../src/plan/smells/own-comparisons.js'

const TABLE = { schema: 'public', name: 'users', reltuples: 1, relpages: 1, pages: 1, partitioned: false, root: undefined }
const COLUMNS = { columns: ['id', 'email', 'code', 'Tag'], types: ['integer', 'text', 'character varying(9)', 'text'] }

function compare(filter: string): readonly (readonly unknown[])[] {
  const plan = parsePlan(
    { Plan: { 'Node Type': 'Seq Scan', 'Relation Name': 'users', Schema: 'public', Alias: 'u' } },
    { sql: '', params: [], postgresVersion: '18', schema: { tables: [{ ...TABLE, ...COLUMNS }], indexes: [] } },
  )
  return ownComparisons(plan, plan.root, [undefined, filter]).map((one) => [one.isBare, writeIndexColumn(one.indexable), one.type])
}

test.each([
  ['(u.id = 7)', [[true, 'id', 'integer']]],
  ["((u.code)::text = 'a'::text)", [[true, 'code', 'character varying(9)']]],
  ["((u.id)::text = '7'::text)", [[false, '((id)::text)', 'integer']]],
  [
    `((u."Tag" = 'x'::text) AND (lower(u.email) = 'u.x'::text))`,
    [
      [true, '"Tag"', 'text'],
      [false, 'lower(email)', 'text'],
    ],
  ],
  ["((lower(u.email) || upper(u.email)) = 'x'::text)", [[false, '(lower(email) || upper(email))', 'text']]],
  ["(replace(u.email, ')'::text, 'u.'::text) = 'x'::text)", [[false, "replace(email, ')'::text, 'u.'::text)", 'text']]],
  ['(o.id = 7)', []],
  ['(u.id = o.user_id)', [[true, 'id', 'integer']]],
])('%s', (filter, expected) => {
  expect(compare(filter)).toEqual(expected)
})

import { expect, test } from 'vitest'
import { setColumns } from '../../../src/plan/smells/set-columns.js'

test.each([
  ["UPDATE jobs SET state = 'a = b', tries = tries + 1 WHERE id = 7", ['state', 'tries']],
  ['update jobs set "runAt" = now(), Worker=$1 FROM workers w RETURNING id', ['runAt', 'worker']],
  ['INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET price = excluded.price', ['price']],
  ['UPDATE t SET (a, b) = (1, 2)', []],
  ['SELECT 1', []],
])('%s sets %j', (sql, columns) => {
  expect(setColumns(sql)).toEqual(columns)
})

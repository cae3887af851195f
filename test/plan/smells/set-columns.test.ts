import { expect, test } from 'vitest'
import { setColumns } from '../../../src/plan/smells/set-columns.js'

test.each([
  ["UPDATE jobs SET state = 'a = b', tries = tries + 1 WHERE id = 7", ['state', 'tries']],
  ['update jobs set "runAt" = now(), Worker=$1 FROM workers w RETURNING id', ['runAt', 'worker']],
  ['INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET Price = EXCLUDED.price, at = now()', ['price from excluded', 'at']],
  ['UPDATE t SET (a, b) = (1, 2)', []],
  ['SELECT 1', []],
])('%s sets %j', (sql, columns) => {
  expect(setColumns(sql).map(({ name, isExcluded }) => (isExcluded ? `${name} from excluded` : name))).toEqual(columns)
})

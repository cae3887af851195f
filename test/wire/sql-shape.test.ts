import { expect, test } from 'vitest'
import { commandWord, isSessionSetUp, shapeOf } from '../../src/wire/sql-shape.js'
import { createDraws, randomKey } from '../../src/primitives/random.js'

test.each([
  ['SELECT  *\n\tFROM Orders WHERE id = 42', 'select * from orders where id = ?'],
  ['select * from orders where id = $1;', 'select * from orders where id = ?'],
  [`select "Total", 'it''s', E'a\\'b', B'01', N'x', U&'\\0041' from "Orders"`, 'select "Total", ?, ?, ?, ?, ? from "Orders"'],
  ["select $$a $1 b$$, $tag$ it's $$ $tag$", 'select ?, ?'],
  ['select 1.5, .5, 1e9, 1.5E-3, 0xFF, 1_000', 'select ?, ?, ?, ?, ?, ?'],
  ['select a - 1, -1, +2, x*-3 from t where y=-4 and z > - 5 limit -1', 'select a - ?, ?, ?, x * ? from t where y = ? and z > ? limit ?'],
  ['/* app:shop */ select /* a /* nested */ b */ 1 -- end', 'select ?'],
  ["select '/* no comment */ -- none'", 'select ?'],
  [
    'select * from t where a in (1,2, 3) and b IN ($1) and c in (select d from e)',
    'select * from t where a in (…) and b in (…) and c in (select d from e)',
  ],
  ['select * from t where a in (b, c) and (d, e) in ((1,2),(3,4))', 'select * from t where a in (b, c) and (d, e) in (…)'],
  ["select * from t where a in ('x'::app.mood, null, -1)", 'select * from t where a in (…)'],
  ['INSERT INTO t(a,b) VALUES (1, now()), ($1, default)', 'insert into t(a, b) values (…)'],
  ['insert into t (a, b) values ((select max(a) from t), 2)', 'insert into t(a, b) values ((select max(a) from t), ?)'],
  ['select array[1,2,3], array[a, b], a[1:2], b[3]', 'select array[…], array[a, b], a[? : ?], b[?]'],
  ["select $1::int, '5' :: text, cast(7 as bigint), interval '1 day'", 'select ?::int, ?::text, cast(? as bigint), interval ?'],
  ['select count (*), COUNT(*) from public . t', 'select count(*), count(*) from public.t'],
  [
    "select data->>'a', data @> '{}', data ? 'k', a||'b', a<=-1, a!=2 from t",
    'select data ->> ?, data @> ?, data ? ?, a || ?, a <= ?, a != ? from t',
  ],
  ['select 1--2\n+3', 'select ? + ?'],
  ['select a/*x*/+b, c+/* d */d', 'select a + b, c + d'],
  ['SAVEPOINT trx7', 'savepoint ?'],
  ['release savepoint sp1', 'release savepoint ?'],
  ['ROLLBACK TO SAVEPOINT "sp1";', 'rollback to savepoint ?'],
  ['ROLLBACK', 'rollback'],
  ['select größe from tür', 'select größe from tür'],
  ["select 'not closed", 'select ?'],
  ['select "not closed', 'select "not closed'],
  ['select /* not closed', 'select'],
  ['select $$not closed', 'select ?'],
  ['', ''],
  [' ;; ', ''],
])('%j has the shape %j', (sql, shape) => {
  expect(shapeOf(sql)).toBe(shape)
})

test.each([
  ['  -- hello\n select 1', 'SELECT'],
  ['(select 1) union (select 2)', 'SELECT'],
  ['with a as (select 1), b (x) as materialized (delete from t returning 1) update u set x = 1', 'UPDATE'],
  ['WITH RECURSIVE r AS (SELECT 1) INSERT INTO t SELECT * FROM r', 'INSERT'],
  ['commit', 'COMMIT'],
  ['with', 'WITH'],
  ['', ''],
  ['42', ''],
])('the command of %j is %j', (sql, word) => {
  expect(commandWord(sql)).toBe(word)
})

test.each([
  ['SET search_path TO app', true],
  ['set session characteristics as transaction read only', true],
  ['RESET ALL', true],
  ['SHOW server_version', true],
  ['DISCARD ALL', true],
  ['select version();', true],
  ['SELECT * FROM current_schema()', true],
  [
    "select b.oid, b.typarray from pg_catalog.pg_type a left join pg_catalog.pg_type b on b.oid = a.typelem where a.typcategory = 'A' group by b.oid",
    true,
  ],
  [
    'SELECT t.typname, t.typtype FROM pg_catalog.pg_type t LEFT OUTER JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid WHERE t.oid = $1',
    true,
  ],
  ['WITH ranges AS (SELECT pg_range.rngtypid FROM pg_range) SELECT pg_type.typname FROM pg_type LEFT OUTER JOIN ranges ON true', true],
  ["SET LOCAL app.user_id = '7'", false],
  ['set transaction isolation level serializable', false],
  ['SET CONSTRAINTS ALL DEFERRED', false],
  ['BEGIN', false],
  ['select 1', false],
  ['select version from documents', false],
  ['select * from pg_typed_things', false],
  ['select settings from users', false],
])('%j is set-up: %j', (sql, expected) => {
  expect(isSessionSetUp(sql)).toBe(expected)
})

const PIECES = [
  'select',
  'values',
  'in',
  '(',
  ')',
  ',',
  "'",
  '"',
  '$1',
  '$$',
  '$a$',
  '--',
  '/*',
  '*/',
  '\n',
  ' ',
  ';',
  '-',
  '+',
  '1.5',
  'e',
  'E',
  "\\'",
  'ü',
  '::',
  '[',
  ']',
  'array',
  'with',
]

test('the shape of a shape is itself, however broken the text', () => {
  const draws = createDraws(randomKey('sql-shape'))
  for (let row = 0; row < 5000; row += 1) {
    const separator = draws.below(row, 2, 1) === 0 ? ' ' : ''
    const sql = Array.from({ length: 1 + draws.below(row, 12, 2) }, (_, index) => PIECES[draws.below(row, PIECES.length, index + 3)]).join(
      separator,
    )
    const shape = shapeOf(sql)
    // A name that is not closed holds whatever follows, and two operators that a comment had kept apart become one.
    if (sql.includes('"') || sql.includes('*/')) continue
    expect([sql, shapeOf(shape.replaceAll('?', '1'))]).toEqual([sql, shape])
  }
})

// A text that takes more than linear time would not be done before the test's deadline.
test.each([
  ['open dollar quotes', 'select $a$ $b$ $c$ '],
  ['open strings', "'a'' "],
  ['open brackets of IN', 'in (1, '],
  ['open brackets of VALUES', 'values (1, '],
  ['lists that end in a query', 'values (values (select '],
  ['comments', '/*'],
  ['comments and their ends', '/* */ '],
  ['signs', '-'],
  ['operators', '=-+ '],
  ['names', '"'],
  ['CTEs', 'with a as ('],
])('%s cost no more than their length', (_, piece) => {
  const sql = piece.repeat(100_000)
  expect(shapeOf(sql).length).toBeLessThanOrEqual(sql.length * 2)
  expect(commandWord(sql).length).toBeLessThanOrEqual(sql.length)
})

import { expect, test } from 'vitest'
import { readForeignKeyLookup } from '../../src/plan/foreign-key-lookup.js'

test.each([
  [
    'DELETE FROM ONLY "shop"."Kid" WHERE $1 OPERATOR(pg_catalog.=) "pId" AND $2 OPERATOR(pg_catalog.=) "pb"::pg_catalog.text',
    { schema: 'shop', table: 'Kid', columns: ['pId', 'pb'] },
  ],
  [
    'UPDATE ONLY "public"."a ""b""" SET "x" = $1, "y" = $2 WHERE $3 OPERATOR(pg_catalog.=) "x" AND $4 OPERATOR(pg_catalog.=) "y"',
    { schema: 'public', table: 'a "b"', columns: ['x', 'y'] },
  ],
  [
    'SELECT 1 FROM ONLY "public"."c" x WHERE $1::pg_catalog.int8 OPERATOR(pg_catalog.=) "pid" FOR KEY SHARE OF x',
    { schema: 'public', table: 'c', columns: ['pid'] },
  ],
  ['DELETE FROM "public"."parted" WHERE $1 OPERATOR(pg_catalog.=) "pid"', { schema: 'public', table: 'parted', columns: ['pid'] }],
])('%s looks for referring rows', (sql, lookup) => {
  expect(readForeignKeyLookup({ sql })).toEqual(lookup)
})

test.each([
  ['SELECT 1 FROM ONLY "public"."parent" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x'],
  ['DELETE FROM c WHERE pid = $1'],
  ['SELECT 1'],
])('%s does not', (sql) => {
  expect(readForeignKeyLookup({ sql })).toBeUndefined()
})

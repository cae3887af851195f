import { expect, test } from 'vitest'
import { readDump } from '../../../src/plan/statistics-dump/read-dump.js'

function refusal(text: string): string {
  try {
    readDump(text, 'statistics.json')
    return 'no error'
  } catch (error) {
    return (error as Error).message
  }
}

const TABLE = { schema: 'public', table: 'orders', rows: 5, pages: 1, allVisiblePages: 0, columns: [], indexes: [] }
const dump = (tables: unknown, format: unknown = 1): string => JSON.stringify({ format, postgresVersion: '16.4', tables })

test('tables and indexes of an export are relations, and an index over expressions has the columns of its own entry', () => {
  const column = { column: 'lower', inherited: false, nullFraction: 0, averageWidth: 4, distinct: -1 }
  const text = dump([
    { ...TABLE, indexes: [{ name: 'orders_lower', rows: 5, pages: 2 }] },
    { ...TABLE, table: 'orders_lower', columns: [column] },
  ])
  expect(readDump(text, 'x')).toEqual({
    source: 'hotbed statistics export',
    postgresVersion: '16.4',
    notes: [],
    relations: [
      { schema: 'public', name: 'orders', rows: 5, pages: 1, allVisiblePages: 0, columns: [] },
      { schema: 'public', name: 'orders_lower', rows: 5, pages: 1, allVisiblePages: 0, columns: [column] },
    ],
  })
})

test('calls of pg_dump that cannot be read are told', () => {
  const good = "SELECT pg_restore_relation_stats('version', 180003, 'schemaname', 'public', 'relname', 'orders', 'reltuples', 5);"
  const old = "SELECT * FROM pg_catalog.pg_restore_relation_stats('relation', 'public.orders'::regclass);"
  expect(readDump(`${good}\n${old}`, 'x')).toMatchObject({
    source: 'pg_dump',
    postgresVersion: '18.3',
    notes: ['1 call of pg_restore_…_stats could not be read'],
    relations: [{ name: 'orders', rows: 5 }],
  })
})

test('what is no dump is refused with what would be', () => {
  expect(refusal('CREATE TABLE a (b int);')).toMatchInlineSnapshot(`
    "statistics.json has no statistics: neither JSON, nor calls of pg_restore_relation_stats. [ERR_HOTBED_PLAN]
      → Make one with: hotbed statistics export --url postgres://… --output statistics.json, or pg_dump --statistics-only (18)"
  `)
  expect(refusal('PGDMP\u0001')).toMatchInlineSnapshot(`
    "statistics.json is an archive of pg_dump. [ERR_HOTBED_PLAN]
      → Write it as SQL: pg_restore --statistics-only --file statistics.sql ARCHIVE"
  `)
  expect(refusal('{"format": 1,')).toContain('statistics.json is no JSON: ')
  expect(refusal('{"format": 1}')).toContain("statistics.json is no dump of statistics: it has no list 'tables'.")
  expect(refusal(dump([], 2))).toContain('statistics.json has the format 2, and this version of hotbed reads format 1.')
  expect(refusal(dump([]))).toContain('statistics.json has statistics of no table.')
  expect(refusal(dump([{ ...TABLE, rows: '5' }]))).toContain(
    'statistics.json is no dump of statistics: public.orders lacks what is needed.',
  )
  expect(refusal(dump([{ ...TABLE, columns: [{ column: 'a' }] }]))).toContain('public.orders lacks what is needed.')
  expect(refusal(dump([null]))).toContain('a table lacks what is needed.')
})

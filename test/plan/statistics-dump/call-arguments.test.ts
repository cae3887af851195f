import { expect, test } from 'vitest'
import { readRestoreCall } from '../../../src/plan/statistics-dump/call-arguments.js'

const valuesOf = (statement: string): unknown => {
  const call = readRestoreCall(statement)
  return call === undefined ? undefined : { of: call.of, ...Object.fromEntries(call.values) }
}

test('arguments are read as pg_dump writes them', () => {
  expect(
    valuesOf(
      `SELECT * FROM pg_catalog.pg_restore_attribute_stats(\n\t'version', '180003'::integer,\n\t'relname', E'it''s a \\\\ "table"',\n\t'inherited', 'f'::boolean,\n\t'most_common_freqs', '{0.5,0.25}'::real[],\n\t'correlation', '-0.5'::double precision\n)`,
    ),
  ).toEqual({
    of: 'attribute',
    version: '180003',
    relname: 'it\'s a \\ "table"',
    inherited: 'f',
    most_common_freqs: '{0.5,0.25}',
    correlation: '-0.5',
  })
})

test('arguments are read as the manual writes them', () => {
  expect(
    valuesOf("select pg_restore_relation_stats('schemaname', 'my', 'relpages', 173::integer, 'reltuples', 1e4::real, 'x', NULL, 'y', -1)"),
  ).toEqual({ of: 'relation', schemaname: 'my', relpages: '173', reltuples: '1e4', x: null, y: '-1' })
})

test('escapes of the E form are resolved', () => {
  expect(valuesOf(String.raw`SELECT pg_restore_relation_stats('a', E'\t\x41\101é\U0001F600\'')`)).toEqual({
    of: 'relation',
    a: "\tAAé😀'",
  })
})

test.each([
  ["SELECT pg_catalog.setval('a', 1)"],
  ["SELECT pg_restore_relation_stats('relation', to_regclass('a'))"],
  ["SELECT pg_restore_relation_stats('relation')"],
  ["SELECT pg_restore_relation_stats('relation', 'a'"],
])('%s is no such call', (statement) => {
  expect(readRestoreCall(statement)).toBeUndefined()
})

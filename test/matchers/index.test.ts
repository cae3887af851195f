import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { makeKeyspaceSnapshot } from '../../src/keyspace/keyspace-snapshot.js'
import { matchers } from '../../src/matchers/index.js'
import { parsePlan } from '../../src/plan/parse.js'

expect.extend(matchers)

const SCAN = parsePlan(
  { Plan: { 'Node Type': 'Seq Scan', 'Relation Name': 'orders', Schema: 'public', Alias: 'orders', 'Plan Rows': 5 } },
  { sql: 'TABLE orders', params: [], postgresVersion: '18' },
)

test('every matcher that has a file is in the list', () => {
  const files = readdirSync(new URL('../../src/matchers/', import.meta.url), { recursive: true, encoding: 'utf8' }).map((path) =>
    basename(path),
  )
  const named = files
    .filter((file) => file.startsWith('to-'))
    .map((file) => file.slice(0, -3).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()))
  expect(Object.keys(matchers).toSorted()).toEqual(named.toSorted())
})

test('expect takes them, with .not and with its texts', () => {
  expect(SCAN).toSeqScan('orders')
  expect(() => expect(SCAN).not.toSeqScan()).toThrow(
    'The plan reads orders from end to end, by a Seq Scan.\n  TABLE orders\n\n  ✗ Seq Scan on orders  estimated rows 5',
  )
  const keys = makeKeyspaceSnapshot(
    '*',
    [
      { key: 'a', type: 'string', ttlMs: 5000, bytes: 1, length: undefined },
      { key: 'b', type: 'string', ttlMs: 'persistent', bytes: 1, length: undefined },
    ],
    0,
  )
  expect(() => expect(keys).toHaveTtl()).toThrow("1 of 2 keys like '*' has no TTL.")
  expect(() => expect(keys).not.toHaveTtl({ max: 10 })).toThrow("1 of 2 keys like '*' has a TTL of at most 10 s, and none should.")
})

test('what is no evidence passes nowhere, with or without .not', () => {
  const refusal = /^\w+ judges .+, and was given undefined\. \[ERR_HOTBED_EVIDENCE\]/
  const all: readonly Function[] = Object.values(matchers)
  for (const matcher of all) expect(() => matcher.call({ isNot: false }, undefined, 'x')).toThrow(refusal)
  expect(() => expect(undefined).not.toUseIndex('x')).toThrow(refusal)
  expect(() => expect(undefined).not.toSeqScan()).toThrow(refusal)
  expect(() => expect(undefined).not.toHaveTtl()).toThrow(refusal)
  expect(() => expect(undefined).not.toExecuteStatements()).toThrow(refusal)
})

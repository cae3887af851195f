import { expect, test } from 'vitest'
import { isKeyspaceSnapshot, makeKeyspaceSnapshot } from '../../src/keyspace/keyspace-snapshot.js'

const KEYS = [
  { key: 'product:2', type: 'string', ttlMs: 59_940, bytes: 1072, length: 3 },
  { key: 'product:10', type: 'hash', ttlMs: 'persistent', bytes: undefined, length: undefined },
] as const

test('it is printed as a table', () => {
  expect(String(makeKeyspaceSnapshot('product:*', KEYS, 0))).toBe(
    [
      "2 keys like 'product:*'  1,072 bytes  1 persistent",
      '  product:10  hash    persistent',
      '  product:2   string  expires in 59.9 s  1,072 bytes  length 3',
    ].join('\n'),
  )
  expect(String(makeKeyspaceSnapshot('none:*', [], 0))).toBe("0 keys like 'none:*'  0 bytes  0 persistent")
})

test('it is plain data and cannot be changed', () => {
  const snapshot = makeKeyspaceSnapshot('product:*', KEYS, 7)
  expect(structuredClone(snapshot)).toEqual(snapshot)
  expect(isKeyspaceSnapshot(structuredClone(snapshot))).toBe(true)
  expect(isKeyspaceSnapshot([])).toBe(false)
  expect(() => Object.assign(snapshot, { keys: [] })).toThrow(TypeError)
  expect(() => (snapshot.keys as unknown[]).push(1)).toThrow(TypeError)
  expect(() => Object.assign(snapshot.keys[0]!, { ttlMs: 1 })).toThrow(TypeError)
})

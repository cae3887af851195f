import { expect, test } from 'vitest'
import { fingerprint, type FingerprintPart } from '../../src/primitives/fingerprint.js'

test('a fingerprint is 20 hexadecimal digits and stays the same', () => {
  expect(fingerprint({ a: [1, 'x', null, true] })).toBe('aa93e2cb2b6b6a4e2730')
})

test('the order of names does not matter, that of lists does', () => {
  expect(fingerprint({ a: 1, b: { c: 2, d: 3 } })).toBe(fingerprint({ b: { d: 3, c: 2 }, a: 1 }))
  expect(fingerprint(['a', 'b'])).not.toBe(fingerprint(['b', 'a']))
})

test('values that look alike are told apart', () => {
  const parts: readonly FingerprintPart[] = [
    1,
    '1',
    [1],
    ['1'],
    { 0: 1 },
    null,
    'null',
    undefined,
    'undefined',
    {},
    [],
    '',
    ['a', 'b'],
    ['a,b'],
    'a","b',
    true,
    'true',
  ]
  expect(new Set(parts.map(fingerprint)).size).toBe(parts.length)
})

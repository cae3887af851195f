import { expect, test } from 'vitest'
import { firstDifference, plainValue } from '../../src/keyspace/first-difference.js'

test.each<[unknown, unknown, string]>([
  [1, 2, ' 1 2'],
  [{ a: 1, b: 2 }, { a: 1, b: 3 }, 'b 2 3'],
  [{ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 3 }] } }, 'a.b[1].c 2 3'],
  [[1], [1, 2], '[1] undefined 2'],
  [{ a: 1 }, {}, 'a 1 undefined'],
  [{}, { b: null }, 'b undefined null'],
  [[], {}, ' [] {}'],
  [null, {}, ' null {}'],
  ['1', 1, ' "1" 1'],
])('%j and %j differ', (cached, loaded, expected) => {
  const found = firstDifference(cached, loaded)
  expect(`${found?.path} ${JSON.stringify(found?.cached)} ${JSON.stringify(found?.loaded)}`).toBe(expected)
})

test('equal values have none, in whatever order their fields are', () => {
  expect(firstDifference({ a: [1, { b: null }], c: 2 }, { c: 2, a: [1, { b: null }] })).toBeUndefined()
})

test('a value becomes what JSON keeps of it', () => {
  expect(plainValue({ at: new Date(0), gone: undefined, id: 2n ** 60n })).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    id: '1152921504606846976',
  })
  expect(plainValue(undefined)).toBeUndefined()
})

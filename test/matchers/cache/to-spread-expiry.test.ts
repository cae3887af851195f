import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeKeyspaceSnapshot, type KeyspaceSnapshot } from '../../../src/keyspace/keyspace-snapshot.js'
import { toSpreadExpiry, type SpreadBounds } from '../../../src/matchers/cache/to-spread-expiry.js'
import { openShop, type Shop } from '../on-both.js'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
beforeEach(() => shop.suite.redis.send('FLUSHDB'))
afterAll(() => shop[Symbol.asyncDispose]())

function snapshotOf(...ends: readonly number[]): KeyspaceSnapshot {
  return makeKeyspaceSnapshot(
    'k:*',
    ends.map((ttlMs, index) => ({ key: `k:${index}`, type: 'string', ttlMs, bytes: 1, length: undefined, expiresAtMs: ttlMs })),
    0,
  )
}

test('keys that were filled with one TTL end together, with a random part they do not', async () => {
  const { suite, ioredis } = shop
  const fill = ioredis.pipeline()
  for (let id = 0; id < 200; id += 1) fill.set(`same:${id}`, '{}', 'EX', 3600).set(`spread:${id}`, '{}', 'EX', 3600 + id * 30)
  await fill.set('config', '1').exec()

  expect(toSpreadExpiry(await suite.redis.inspect('spread:*'), { window: '10m', maxShare: 0.11 }).pass).toBe(true)
  const verdict = toSpreadExpiry(await suite.redis.inspect('*'), { window: '1m', maxShare: 0.2 })
  expect(verdict.pass).toBe(false)
  expect(
    verdict
      .message()
      .replace(/, 59 min \d+ s|, 1 h/, ', n')
      .replace(/to [^:]+ from now/, 'to n from now')
      // In the order in which they end, and a pipeline takes more than a millisecond now and then.
      .replaceAll(/same:\d+/g, 'same:n'),
  ).toMatchInlineSnapshot(`
    "50.5 % of the keys like '*' expire within 1 min, expected at most 20 %.
      202 of 400 keys, n to n from now: same:n, same:n, same:n …
      1 persistent, not counted
      Keys that expire together are loaded together: add a random part to the TTL of each."
  `)
})

test('the window slides: the fullest is found wherever it lies, and its end is not part of it', () => {
  const share = (maxShare: number, ...ends: readonly number[]): boolean => toSpreadExpiry(snapshotOf(...ends), { window: 1, maxShare }).pass
  expect(share(0.5, 0, 1000)).toBe(true)
  expect(share(0.5, 0, 999)).toBe(false)
  // Two fixed windows of a second would hold two each.
  expect(share(0.5, 100, 900, 1100, 1800)).toBe(false)
  expect(share(0.75, 100, 900, 1100, 1800)).toBe(true)
  const hundred = Array.from({ length: 100 }, (_, index) => (index < 29 ? 0 : index * 5000))
  expect(share(0.29, ...hundred)).toBe(true)
  expect(share(0.28, ...hundred)).toBe(false)
})

test('with .not it says what was found', () => {
  expect(toSpreadExpiry(snapshotOf(0, 5000), { window: '1s', maxShare: 0.5 }).message()).toBe(
    "50 % of the keys like 'k:*' expire within 1 s, expected more than 50 %.\n  1 of 2 keys, 0 ms to 0 ms from now: k:0",
  )
})

test('no key that expires is nothing to spread', async () => {
  await shop.redis.mSet({ a: '1', b: '2' })
  const keys = await shop.suite.redis.inspect()
  expect(() => toSpreadExpiry(keys, { window: 60, maxShare: 0.5 })).toThrow(
    "None of 2 keys like '*' expires, so there is nothing to spread. [ERR_HOTBED_EVIDENCE]\n  → Judge that with toHaveNoPersistentKeys().",
  )
})

test.each<[unknown, string]>([
  [60, "Option 'bounds' must be { window, maxShare }, such as { window: '1m', maxShare: 0.2 }, but is 60."],
  [{ window: 0, maxShare: 0.1 }, "Option 'window' must be longer than nothing, but is 0."],
  [{ window: 1, maxShare: 0 }, "Option 'maxShare' must be a share above 0 and up to 1, but is 0."],
  [{ window: 1, maxShare: 20 }, "Option 'maxShare' must be a share above 0 and up to 1, but is 20."],
  [{ window: 1, share: 1 }, "toSpreadExpiry() has no option 'share'."],
])('the bounds %j are refused', (bounds, message) => {
  expect(() => toSpreadExpiry(snapshotOf(1), bounds as SpreadBounds)).toThrow(message)
})

import type { FastifyInstance } from 'fastify'
import { expect } from 'hotbed/vitest'
import { TTL } from '../src/cache/cache-aside.js'
import * as broken from '../src/product-page/broken.js'
import * as fixedTtl from '../src/product-page/fixed-ttl.js'
import * as repaired from '../src/product-page/repaired.js'
import { messageOf } from './message-of.js'
import { test } from './shop-test.js'

/** Of the entries of one minute, no more than this share may go within ten seconds. */
const SPREAD = { window: '10s', maxShare: 0.4 } as const

/** No product has this number. */
const ABSENT = '/products/999999'

test('broken: what is filled never expires', async ({ suite, start }) => {
  const app = await start(broken.productPage)

  const first = await suite.record(() => app.inject('/products/7'))
  await suite.clock.advance('1d')
  const later = await suite.record(() => app.inject('/products/7'))

  expect(later).toBeServedFrom('redis')
  const failure = messageOf(() => expect(first).toPopulateCache('product:7', { ttl: { max: TTL.max } }))
  console.log(`\nThis is what a fill without expiry says:\n\n${failure}\n`)
  expect(failure).toContain('product:7')
  const snapshot = await suite.redis.inspect('product:*')
  expect(messageOf(() => expect(snapshot).toHaveNoPersistentKeys())).toContain('product:7')
})

test('broken: who asks for what does not exist asks the database each time', async ({ suite, start }) => {
  const app = await start(broken.productPage)

  const twice = await suite.record(async () => [await app.inject(ABSENT), await app.inject(ABSENT)])

  const failure = messageOf(() => expect(twice).toCacheAbsence())
  console.log(`\nThis is what absence that is not remembered says:\n\n${failure}\n`)
  expect(failure).toContain('product:999999')
})

test('repaired: miss, store, hit, expire, load once more', async ({ suite, start }) => {
  const app = await start(repaired.productPage)

  const miss = await suite.record(() => app.inject('/products/8'))
  const hit = await suite.record(() => app.inject('/products/8'))
  const { ttlMs } = (await suite.redis.inspect('product:8')).keys[0] ?? {}
  await suite.clock.advance(TTL.min - 1)
  const before = await suite.record(() => app.inject('/products/8'))
  await suite.clock.advance(TTL.max - TTL.min + 1)
  const after = await suite.record(() => app.inject('/products/8'))

  expect(ttlMs).toBeLessThanOrEqual(TTL.max * 1000)
  expect(miss).toBeServedFrom('postgres')
  expect(miss).toPopulateCache('product:8', { ttl: { min: TTL.min, max: TTL.max } })
  expect(hit).toBeServedFrom('redis')
  expect(before).toBeServedFrom('redis')
  expect(after).toBeServedFrom('postgres')
  expect(after).toExecuteStatements(1)
  expect(after.result.json()).toEqual(miss.result.json())
})

test('repaired: absence is remembered', async ({ suite, start }) => {
  const app = await start(repaired.productPage)

  const twice = await suite.record(async () => [await app.inject(ABSENT), await app.inject(ABSENT)])

  expect(twice.result.map(({ statusCode }) => statusCode)).toEqual([404, 404])
  expect(twice).toCacheAbsence()
})

test('broken: what was filled together expires together', async ({ suite, start }) => {
  const app = await start(fixedTtl.productPage)
  await readProducts(app, 100, 199)

  const snapshot = await suite.redis.inspect('product:1??')

  const failure = messageOf(() => expect(snapshot).toSpreadExpiry(SPREAD))
  console.log(`\nThis is what an avalanche to come says:\n\n${failure}\n`)
  expect(failure).toContain('Keys that expire together are loaded together')
})

test('repaired: what was filled together expires in the course of a minute', async ({ suite, start }) => {
  const app = await start(repaired.productPage)
  await readProducts(app, 200, 299)

  const snapshot = await suite.redis.inspect('product:2??')

  expect(snapshot).toHaveTtl({ min: TTL.min - 30, max: TTL.max })
  expect(snapshot).toSpreadExpiry(SPREAD)
})

async function readProducts(app: FastifyInstance, from: number, to: number): Promise<void> {
  for (let id = from; id <= to; id += 1) await app.inject(`/products/${id}`)
}

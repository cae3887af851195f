import { hold, reply } from 'hotbed'
import { expect } from 'hotbed/vitest'
import * as aborting from '../src/layers/aborting.js'
import * as broken from '../src/layers/broken.js'
import * as repaired from '../src/layers/repaired.js'
import { changePrice, priceOf, test } from './shop-test.js'

test('each layer serves in its turn', async ({ suite, start }) => {
  const [one, another] = [await start(repaired.layers), await start(repaired.layers)]

  expect(await suite.record(() => priceOf(one, 7))).toBeServedFrom('postgres')
  expect(await suite.record(() => priceOf(another, 7))).toBeServedFrom('redis')
  expect(await suite.record(() => priceOf(one, 7))).toBeServedFrom('memory')
  await suite.clock.advance(repaired.MEMORY_TTL_SECONDS)
  expect(await suite.record(() => priceOf(one, 7))).toBeServedFrom('redis')
  await suite.clock.advance('5m')
  expect(await suite.record(() => priceOf(one, 7))).toBeServedFrom('postgres')
})

test('broken: another instance serves the old price from its memory, a day later still', async ({ suite, start }) => {
  const [one, another] = [await start(broken.layers), await start(broken.layers)]
  const old = await priceOf(another, 8)
  await changePrice(one, 8, 4_200)

  await suite.clock.advance('1d')
  const later = await suite.record(() => priceOf(another, 8))

  expect(later).toBeServedFrom('memory')
  expect(later.result).toBe(old)
})

test('repaired: an instance serves the new price as soon as it has been told', async ({ suite, start }) => {
  const [one, another] = [await start(repaired.layers), await start(repaired.layers)]
  await priceOf(another, 9)

  const change = await suite.record(() => changePrice(one, 9, 4_200))

  expect(change).toInvalidate('product:9', { after: 'commit' })
  expect(change).toSendCommands({ redis: 'PUBLISH', key: repaired.INVALIDATIONS }, 1)
  expect(await priceOf(one, 9)).toBe(4_200)
  await expect.poll(() => priceOf(another, 9)).toBe(4_200)
})

test('repaired: when the message gets lost, the old price is served for half a minute and not longer', async ({ suite, start }) => {
  const [one, another] = [await start(repaired.layers), await start(repaired.layers)]
  const old = await priceOf(another, 10)
  // Redis is told that nobody listens: the message is answered and never sent.
  await using lost = await suite.intercept({ redis: 'PUBLISH' }, reply(0))
  await changePrice(one, 10, 4_200)
  await lost.arrived()

  const within = await priceOf(another, 10)
  await suite.clock.advance(repaired.MEMORY_TTL_SECONDS)
  const after = await suite.record(() => priceOf(another, 10))

  expect(within).toBe(old)
  expect(after.result).toBe(4_200)
  expect(after).not.toBeServedFrom('memory')
})

test('lru-cache by itself: a delete during a load makes everybody fail who waits for it', async ({ suite, start }) => {
  const app = await start(aborting.layers)
  await using load = await suite.intercept('SELECT', hold())
  const readers = [1, 2, 3].map(() => app.inject('/products/11'))
  await load.arrived()

  await app.inject({ method: 'POST', url: '/products/11/changed' })
  await load.release()
  const answers = await Promise.all(readers)

  expect(answers.map(({ statusCode }) => statusCode)).toEqual([500, 500, 500])
  expect(answers[0]?.json()).toMatchObject({ message: 'deleted' })
})

test('repaired: who waits for a load gets its answer, which is not kept when the product changed meanwhile', async ({ suite, start }) => {
  const [one, another] = [await start(repaired.layers), await start(repaired.layers)]
  await using load = await suite.intercept({ sql: /boughtTogether|together/ }, hold(), { times: 1 })
  const readers = [1, 2, 3].map(() => priceOf(one, 12))
  await load.arrived()

  await changePrice(another, 12, 4_200)
  await load.release()
  const prices = await Promise.all(readers)

  expect(new Set(prices).size).toBe(1)
  expect(await priceOf(one, 12)).toBe(4_200)
})

import { hold } from 'hotbed'
import { expect } from 'hotbed/vitest'
import * as afterCommit from '../src/price-change/after-commit.js'
import * as broken from '../src/price-change/broken.js'
import * as repaired from '../src/price-change/repaired.js'
import { messageOf } from './message-of.js'
import { changePrice, priceOf, test } from './shop-test.js'

test('broken: the entry is deleted before the COMMIT', async ({ suite, start }) => {
  const app = await start(broken.prices)
  await app.inject('/products/7')

  const change = await suite.record(() => changePrice(app, 7, 4_200))

  const failure = messageOf(() => expect(change).toInvalidate('product:7', { after: 'commit' }))
  console.log(`\nThis is what an invalidation that comes too early says:\n\n${failure}\n`)
  expect(failure).toContain('COMMIT')
})

test('broken: who reads before the COMMIT fills the cache with the old price', async ({ suite, start, loadProduct }) => {
  const [shop, another] = [await start(broken.prices), await start(broken.prices)]
  await using commit = await suite.intercept('COMMIT', hold())
  const changing = changePrice(shop, 8, 4_200)
  await commit.arrived()

  await another.inject('/products/8')
  await commit.release()
  await changing

  const coherence = await suite.compareCache('product:8', loadProduct)
  const failure = messageOf(() => expect(coherence).toBeCoherent())
  console.log(`\nThis is what an old price in the cache says:\n\n${failure}\n`)
  expect(failure).toContain('product:8')
})

test('after the COMMIT, yet a slow reader writes the old price back: every time', async ({ suite, start, loadProduct }) => {
  const [reader, writer] = [await start(afterCommit.prices), await start(afterCommit.prices)]

  const race = await suite.raceInvalidation({
    read: () => priceOf(reader, 9),
    write: () => changePrice(writer, 9, 4_200),
    key: 'product:9',
  })

  expect(race).toInvalidate('product:9', { after: 'commit', of: 'UPDATE products' })
  const failure = messageOf(() => expect(race).not.toServeStale())
  console.log(`\nThis is what a stale write-back says:\n\n${failure}\n`)
  expect(failure).toContain('product:9 serves a stale value: it was filled after its last invalidation')
  expect(failure).toContain('Guard the fill')
  expect(await suite.compareCache('product:9', loadProduct)).not.toBeCoherent()
})

test('repaired: the fill is refused when the key was invalidated since', async ({ suite, start, loadProduct }) => {
  const [reader, writer] = [await start(repaired.prices), await start(repaired.prices)]

  const race = await suite.raceInvalidation({
    read: () => priceOf(reader, 10),
    write: () => changePrice(writer, 10, 4_200),
    key: 'product:10',
  })

  expect(race).not.toServeStale()
  expect(await priceOf(writer, 10)).toBe(4_200)
  expect(await suite.compareCache('product:10', loadProduct)).toBeCoherent()
})

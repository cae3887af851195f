import { expect } from 'hotbed/vitest'
import * as broken from '../src/product-page/repaired.js'
import * as repaired from '../src/product-page/single-flight.js'
import { messageOf } from './message-of.js'
import { test } from './shop-test.js'

test('broken: twenty who miss the hot key load it twenty times', async ({ suite, start }) => {
  const app = await start(broken.productPage)

  const race = await suite.stampede(20, () => app.inject('/products/7'), { key: 'product:7' })

  const failure = messageOf(() => expect(race).toCoalesce())
  console.log(`\nThis is what a stampede says:\n\n${failure}\n`)
  expect(failure).toContain('20')
})

test('repaired: twenty wait for one load', async ({ suite, start }) => {
  const app = await start(repaired.productPage)

  const race = await suite.stampede(20, () => app.inject('/products/8'), { key: 'product:8' })

  expect(race).toCoalesce()
  expect(race).toHaveMaxConcurrency('SELECT', 1)
  expect(race).toExecuteStatements('SELECT', 1)
})

test('repaired, when the hot key expires: still one load', async ({ suite, start }) => {
  const app = await start(repaired.productPage)
  await app.inject('/products/9')
  await suite.clock.advance('5m')

  const race = await suite.stampede(20, () => app.inject('/products/9'), { key: 'product:9' })

  expect(race).toCoalesce()
})

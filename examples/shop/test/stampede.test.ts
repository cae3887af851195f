import type { FastifyInstance } from 'fastify'
import { hold } from 'hotbed'
import { expect } from 'hotbed/vitest'
import * as broken from '../src/product-page/repaired.js'
import * as repaired from '../src/product-page/single-flight.js'
import { messageOf } from './message-of.js'
import { test } from './shop-test.js'

const VISITORS = 20
/** As many loads as the pool lets go at a time. */
const LOADS = 10

/** All at the same time. */
async function visit(app: FastifyInstance, id: number): Promise<readonly number[]> {
  const pages = await Promise.all(Array.from({ length: VISITORS }, () => app.inject(`/products/${id}`)))
  return pages.map(({ statusCode }) => statusCode)
}

test('broken: twenty who miss the hot key load it twenty times', async ({ suite, start }) => {
  const app = await start(broken.productPage)
  // No load ends before as many are under way as can be.
  await using gate = await suite.intercept('SELECT', hold({ parties: LOADS }))

  const rush = await suite.record(() => visit(app, 7))

  const failure = messageOf(() => expect(rush).toHaveMaxConcurrency('SELECT', 1))
  console.log(`\nThis is what a stampede says:\n\n${failure}\n`)
  expect((await gate.state()).outcome).toBe('all parties arrived')
  expect(rush).toExecuteStatements('SELECT', VISITORS)
  expect(failure).toContain(`${LOADS}`)
})

test('repaired: twenty wait for one load', async ({ suite, start }) => {
  const app = await start(repaired.productPage)

  const rush = await suite.record(() => visit(app, 8))

  expect(new Set(rush.result)).toEqual(new Set([200]))
  expect(rush).toHaveMaxConcurrency('SELECT', 1)
  expect(rush).toExecuteStatements('SELECT', 1)
})

test('repaired, when the hot key expires: still one load', async ({ suite, start }) => {
  const app = await start(repaired.productPage)
  await app.inject('/products/9')
  await suite.clock.advance('5m')

  const rush = await suite.record(() => visit(app, 9))

  expect(rush).toExecuteStatements('SELECT', 1)
})

test('a single flight is of one instance: two instances load twice, and not forty times', async ({ suite, start }) => {
  const [one, another] = [await start(repaired.productPage), await start(repaired.productPage)]
  await using gate = await suite.intercept('SELECT', hold({ parties: 2 }))

  const rush = await suite.record(() => Promise.all([visit(one, 10), visit(another, 10)]))

  expect((await gate.state()).outcome).toBe('all parties arrived')
  expect(rush).toExecuteStatements('SELECT', 2)
})

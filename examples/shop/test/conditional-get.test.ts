import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { expect } from 'hotbed/vitest'
import * as broken from '../src/conditional-get/broken.js'
import * as repaired from '../src/conditional-get/repaired.js'
import { messageOf } from './message-of.js'
import { test } from './shop-test.js'

/** Asks for the page again, as a browser that has it. */
async function askAgain(app: FastifyInstance, { headers: { etag = '' } }: LightMyRequestResponse): Promise<LightMyRequestResponse> {
  return app.inject({ url: '/products/7', headers: { 'if-none-match': etag } })
}

test('broken: @fastify/etag answers 304 after it has run the whole query', async ({ suite, start }) => {
  const app = await start(broken.conditionalPage)
  const first = await app.inject('/products/7')

  const second = await suite.record(() => askAgain(app, first))

  expect(second.result.statusCode).toBe(304)
  const failure = messageOf(() => expect(second).toBeServedFrom('http'))
  console.log(`\nThis is what a 304 that costs a query says:\n\n${failure}\n`)
  expect(failure).toContain('1 statement')
})

test('repaired: a 304 reaches no store', async ({ suite, start }) => {
  const app = await start(repaired.conditionalPage)
  const first = await app.inject('/products/7')

  const second = await suite.record(() => askAgain(app, first))

  expect(second.result.statusCode).toBe(304)
  expect(second).toBeServedFrom('http')
})

test('repaired: half a minute later the page is looked at again, and a new price is seen', async ({ suite, postgres, start }) => {
  const app = await start(repaired.conditionalPage)
  const first = await app.inject('/products/7')
  await postgres.query('UPDATE products SET price_cents = price_cents + 1 WHERE id = 7')

  const within = await askAgain(app, first)
  await suite.clock.advance(repaired.FRESH_SECONDS)
  const after = await suite.record(() => askAgain(app, first))

  expect(within.statusCode).toBe(304)
  expect(after.result.statusCode).toBe(200)
  expect(after).toBeServedFrom('postgres')
})

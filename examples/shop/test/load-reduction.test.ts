import type { FastifyInstance } from 'fastify'
import { expect } from 'hotbed/vitest'
import * as broken from '../src/product-page/keyed-by-url.js'
import * as repaired from '../src/product-page/repaired.js'
import * as uncached from '../src/product-page/uncached.js'
import { messageOf } from './message-of.js'
import { test } from './shop-test.js'

/** 300 visits to 60 products, some far more popular than others; each visitor comes with a link of his own. */
const VISITS = Array.from(
  { length: 300 },
  (_, visit) => `/products/${1 + Math.floor(60 * ((visit * 0.618_034) % 1) ** 3)}?visitor=${visit}`,
)
const BUDGET_BYTES = 40_000

async function visitAll(app: FastifyInstance): Promise<void> {
  for (const url of VISITS) await app.inject(url)
}

test('broken: a cache by the whole URL saves nothing, and costs memory', async ({ suite, start }) => {
  const [before, after] = [await start(uncached.productPage), await start(broken.productPage)]

  const baseline = await suite.record(() => visitAll(before))
  const memory = await suite.redis.measureMemory(() => suite.record(() => visitAll(after)))
  const cached = memory.result

  const failure = messageOf(() => expect(cached).toReduce('postgres.statements', { by: 0.7, from: baseline }))
  const ratio = messageOf(() => expect(cached).toHaveCacheHitRatio({ min: 0.7 }, { keys: 'product:*' }))
  const cost = messageOf(() => expect(memory).toStayWithinMemory(BUDGET_BYTES))
  console.log(`\nThis is what a cache that saves nothing says:\n\n${failure}\n\n${ratio}\n\n${cost}\n`)
  expect(failure).toContain('300')
  expect(ratio).toContain('300')
  expect(cost).toContain('product:*')
})

test('repaired: 70 % fewer statements, for 40 kB', async ({ suite, start }) => {
  const [before, after] = [await start(uncached.productPage), await start(repaired.productPage)]

  const baseline = await suite.record(() => visitAll(before))
  const memory = await suite.redis.measureMemory(() => suite.record(() => visitAll(after)))
  const cached = memory.result

  expect(cached).toReduce('postgres.statements', { by: 0.7, from: baseline })
  expect(cached).toHaveCacheHitRatio({ min: 0.7 }, { keys: 'product:*' })
  expect(memory).toStayWithinMemory(BUDGET_BYTES)
})

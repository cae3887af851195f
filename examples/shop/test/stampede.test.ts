import type { FastifyInstance } from 'fastify'
import { expect } from 'hotbed/vitest'
import * as broken from '../src/product-page/repaired.js'
import * as repaired from '../src/product-page/single-flight.js'
import { messageOf } from './message-of.js'
import { test } from './shop-test.js'

const VISITORS = 20
/** Who asks nothing for so long waits: for the load of another, or for a connection of the pool of ten. */
const QUIET_MS = 50

async function visit(app: FastifyInstance, id: number): Promise<number> {
  const { statusCode } = await app.inject(`/products/${id}`)
  return statusCode
}

test('broken: twenty who miss the hot key load it twenty times', async ({ suite, start }) => {
  const app = await start(broken.productPage)

  const rush = await suite.stampede(VISITORS, () => visit(app, 7), { key: 'product:7', quietMs: QUIET_MS })

  const failure = messageOf(() => expect(rush).toCoalesce())
  console.log(`\nThis is what a stampede says:\n\n${failure}\n`)
  expect(failure).toContain('20 callers missed product:7 at once: 20 loads of the same, 10 at the same time, expected at most 1.')
  expect(failure).toContain('single flight')
  expect(rush).toExecuteStatements('SELECT', VISITORS)
})

test('repaired: twenty wait for one load', async ({ suite, start }) => {
  const app = await start(repaired.productPage)

  const rush = await suite.stampede(VISITORS, () => visit(app, 8), { key: 'product:8', quietMs: QUIET_MS })

  expect(rush.outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value)).toEqual(Array(VISITORS).fill(200))
  expect(rush).toCoalesce()
  expect(rush).toExecuteStatements('SELECT', 1)
})

test('repaired, when the hot key expires: still one load', async ({ suite, start }) => {
  const app = await start(repaired.productPage)
  await visit(app, 9)
  await suite.clock.advance('5m')

  const rush = await suite.record(() => Promise.all(Array.from({ length: VISITORS }, () => visit(app, 9))))

  expect(rush).toExecuteStatements('SELECT', 1)
})

test('a single flight is of one instance: two instances load twice, and not forty times', async ({ suite, start }) => {
  const [one, another] = [await start(repaired.productPage), await start(repaired.productPage)]

  const rush = await suite.stampede(2 * VISITORS, (visitor) => visit(visitor % 2 === 0 ? one : another, 10), {
    key: 'product:10',
    quietMs: QUIET_MS,
  })

  expect(rush).toCoalesce({ loads: 2 })
  expect(rush).not.toCoalesce()
})

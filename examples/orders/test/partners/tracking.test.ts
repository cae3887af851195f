import type { FastifyInstance } from 'fastify'
import { hang, refuse, reply, truncate, type RuleAction, type RuleMatch } from 'hotbed'
import { expect } from 'hotbed/vitest'
import * as payments from '../../src/partners/payments/repaired.js'
import * as broken from '../../src/partners/tracking/broken.js'
import * as repaired from '../../src/partners/tracking/repaired.js'
import { showFailure } from '../jobs/expecting-failure.js'
import { order, test } from './orders-test.js'

const SHIPMENT = 'GET /shipments/:order'

const FAULTS: readonly (readonly [string, RuleMatch, RuleAction])[] = [
  ['is down', { upstream: 'logistics' }, refuse()],
  ['gives half an answer', SHIPMENT, truncate(9)],
  ['gives an answer of another kind', SHIPMENT, reply({ status: 200, body: '<html>maintenance</html>' })],
  ['has too much to do', SHIPMENT, reply({ status: 429, headers: { 'retry-after': 30 } })],
]

async function placed(app: FastifyInstance): Promise<string> {
  return (await order(app)).json<{ id: string }>().id
}

test.for(FAULTS)('broken: when logistics %s, the order is not shown at all', async ([, match, action], { suite, start }) => {
  const app = await start(payments.payments, broken.tracking)
  const id = await placed(app)
  await using fault = await suite.intercept(match, action)

  const { statusCode } = await app.inject(`/orders/${id}`)

  expect(statusCode).toBe(500)
  expect(fault).toBeDefined()
})

test.for(FAULTS)('repaired: when logistics %s, the order is shown without its parcel', async ([, match, action], { suite, start }) => {
  const app = await start(payments.payments, repaired.tracking)
  const id = await placed(app)
  await using fault = await suite.intercept(match, action)

  const shown = await app.inject(`/orders/${id}`)

  expect(shown.json()).toEqual({ product: 'lamp', status: 'paid', parcel: 'unknown' })
  expect(fault).toBeDefined()
})

test('broken: when logistics hangs, so does every page', async ({ suite, start }) => {
  const app = await start(payments.payments, broken.tracking)
  const id = await placed(app)
  await using silence = await suite.intercept(SHIPMENT, hang())

  const run = await suite.repeat(5, () => app.inject(`/orders/${id}`), { atOnce: true, deadlineMs: 1_000 })

  const failure = showFailure(() => expect(run).toOpenCircuit({ after: 3 }))
  expect(failure).toContain('5 calls reached the wire in 5 operations (no answer ×5), expected at most 3')
  expect(failure).toContain('operation 1: unsettled: it had not ended at the deadline')
  expect((await silence.state()).holding).toBe(5)
})

test('repaired: when logistics hangs, three pages wait for it, and the others do not ask', async ({ suite, start }) => {
  const app = await start(payments.payments, repaired.tracking)
  const id = await placed(app)
  await using silence = await suite.intercept(SHIPMENT, hang())

  const run = await suite.repeat(8, async () => (await app.inject(`/orders/${id}`)).json<{ parcel: string }>().parcel)

  expect(run).toOpenCircuit({ after: 3 })
  expect(run.outcomes.map((one) => one.status === 'fulfilled' && one.value)).toEqual(Array.from({ length: 8 }, () => 'unknown'))
  expect((await silence.state()).applied).toBe(3)
})

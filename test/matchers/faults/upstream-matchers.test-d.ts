import { expectTypeOf, test } from 'vitest'
import type { Operation, Operations, Suite, Upstream, UpstreamCall } from '../../../src/index.js'
import { matchers, type HotbedMatchers, type MatcherVerdict } from '../../../src/matchers/index.js'

declare const expectation: HotbedMatchers
declare const suite: Suite<{ redis: {} }>

test('calls, circuits and retries are judged without a promise', () => {
  expectTypeOf(expectation.toCallUpstream('POST /charges', { max: 1 })).toEqualTypeOf<void>()
  expectTypeOf(expectation.toOpenCircuit({ after: 3, match: { upstream: 'payments' } })).toEqualTypeOf<void>()
  expectTypeOf(expectation.toProbeOnce()).toEqualTypeOf<void>()
  expectTypeOf(
    expectation.toRetry({ match: 'GET /shipments/:id', times: { max: 2 }, on: [503], backoffMs: [10, 20] }),
  ).toEqualTypeOf<void>()
  expectTypeOf(matchers.toOpenCircuit).returns.toEqualTypeOf<MatcherVerdict>()
  // @ts-expect-error how many attempts is not left open
  expectation.toOpenCircuit({})
  // @ts-expect-error a probe is one
  expectation.toProbeOnce({ times: 2 })
  // @ts-expect-error a predicate cannot be told in a message
  expectation.toRetry({ match: () => true })
})

test('a repeated operation keeps the type of its results', async () => {
  const run = await suite.repeat(3, (operation) => operation * 2, { atOnce: true })
  expectTypeOf(run).toEqualTypeOf<Operations<number>>()
  expectTypeOf(run.outcomes).toEqualTypeOf<readonly Operation<number>[]>()
  expectTypeOf(run.calls).toEqualTypeOf<readonly UpstreamCall[]>()
  // @ts-expect-error an option that does not exist
  await suite.repeat(3, () => 1, { concurrency: 2 })
})

test('a route answers with a status, or by a function', async () => {
  const upstream = await suite.startUpstream({
    routes: { 'GET /a': { status: 200 }, 'POST /b': ({ json, params }) => ({ status: 201, body: { json, id: params['id'] } }) },
  })
  expectTypeOf(upstream).toEqualTypeOf<Upstream>()
  // @ts-expect-error an answer has a status
  await suite.startUpstream({ routes: { 'GET /a': { body: 1 } } })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite, type Suite, type Upstream } from '../../../src/index.js'
import { toCallUpstream } from '../../../src/matchers/faults/to-call-upstream.js'
import { toReduce } from '../../../src/matchers/recording/to-reduce.js'
import { printWireSnapshot } from '../../../src/matchers/recording/wire-snapshot.js'
import { record, sql } from '../../wire/recording/traffic.js'
import { masked } from './masked.js'

let suite: Suite<{ redis: {} }>
let payments: Upstream

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
  payments = await suite.startUpstream({
    name: 'payments',
    routes: { 'POST /charges': { status: 201 }, 'GET /charges/:id': { status: 404 } },
  })
})
afterAll(() => suite.dispose())

const call = (method: string, path: string): Promise<Response> => fetch(payments.url + path, { method })

test('a charge that is made twice is counted twice', async () => {
  const run = await suite.record(async () => {
    await call('POST', '/charges')
    await call('POST', '/charges')
    await call('GET', '/charges/7')
  })
  expect(toCallUpstream(run, 'POST /charges', 2).pass).toBe(true)
  expect(toCallUpstream(run, { upstream: 'payments' }, 3).pass).toBe(true)
  expect(toCallUpstream(run, { min: 4 }).pass).toBe(false)
  expect(masked(toCallUpstream(run, 'POST /charges', 1).message())).toMatchInlineSnapshot(`
    "The recording has 2 calls like POST /charges, expected exactly 1.
      in N ms: 0 statements, 0 commands, 3 calls, N connections
      ✗ N ms  payments  #N  POST /charges  → 201  took N ms
      ✗ N ms  payments  #N  POST /charges  → 201  took N ms
      timeline:
      ✗ N ms  payments  #N  POST /charges   → 201  took N ms
      ✗ N ms  payments  #N  POST /charges   → 201  took N ms
     N ms  payments  #N  GET /charges/7  ✗ 404  took N ms"
  `)
  expect(masked(toCallUpstream(run, 'POST /refunds').message()).split('\n').slice(0, 4).join('\n')).toMatchInlineSnapshot(`
    "The recording has 0 calls like POST /refunds, expected at least 1.
      in N ms: 0 statements, 0 commands, 3 calls, N connections
      Nothing matched POST /refunds. Nearest seen:
        POST /charges  ×2"
  `)
  expect(printWireSnapshot(run)).toMatchInlineSnapshot(`
    "http   payments POST /charges  ×2
    http   payments GET /charges/:id  ✗ 404"
  `)
  expect(toReduce(run.filter('POST /charges'), 'upstream.calls', { by: 0.3, from: run }).pass).toBe(true)
})

test('what proves nothing is thrown', async () => {
  const lost = await suite.record(() => call('DELETE', '/charges/7'))
  expect(() => toCallUpstream(lost, 0)).toThrow(
    "toCallUpstream: a call was answered 501 by hotbed, since the upstream 'payments' has no route DELETE /charges/7.",
  )
  expect(() => toCallUpstream(record([], { connectionsSeen: 0 }), 0)).toThrow('toCallUpstream found nothing')
  expect(() => toCallUpstream(record([sql('SELECT 1')]), 'GET user:*')).toThrow(
    'toCallUpstream counts calls, and the match GET user:* means Redis. [ERR_HOTBED_OPTION]\n  → Use toSendCommands, or write { http: … }',
  )
})

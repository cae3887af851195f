import { createClient } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite, type Recording, type Suite } from '../../../src/index.js'
import { toHaveValuesUnder } from '../../../src/matchers/cache/to-have-values-under.js'
import { toInvalidateOnly } from '../../../src/matchers/cache/to-invalidate-only.js'
import { toInvalidate } from '../../../src/matchers/cache/to-invalidate.js'
import { toHaveMaxConcurrency } from '../../../src/matchers/recording/to-have-max-concurrency.js'
import { toHaveRoundTrips } from '../../../src/matchers/recording/to-have-round-trips.js'
import { toReduce } from '../../../src/matchers/recording/to-reduce.js'
import { record, sql } from '../../wire/recording/traffic.js'

let suite: Suite<{ redis: {} }>
let unseen: Recording
beforeAll(async () => {
  suite = await startSuite({ redis: {} })
  const bypassing = createClient({ url: suite.redis.directUrl })
  await bypassing.connect()
  unseen = await suite.record(() => bypassing.del('product:7'))
  await bypassing.close()
})
afterAll(() => suite.dispose())

test.each<[string, () => unknown]>([
  ['toInvalidate', () => toInvalidate.call({ isNot: true }, unseen, 'product:7')],
  ['toInvalidate', () => toInvalidate.call({ isNot: false }, unseen, 'product:7')],
  ['toInvalidateOnly', () => toInvalidateOnly(unseen, 'product:7')],
  ['toHaveValuesUnder', () => toHaveValuesUnder(unseen, 100)],
  ['toHaveMaxConcurrency', () => toHaveMaxConcurrency(unseen, 'DEL', 1)],
  ['toHaveRoundTrips', () => toHaveRoundTrips(unseen, { redis: 0 })],
  ['toReduce', () => toReduce(unseen, 'postgres.statements', { by: 0.5, from: record([sql('SELECT 1')]) })],
])('%s is met by nothing that was never seen', (matcher, judge) => {
  expect(judge).toThrow(`${matcher} found nothing, and nothing could be found: no connection of the application has come through the tap`)
})

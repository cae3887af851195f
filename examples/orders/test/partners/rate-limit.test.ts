import type { FastifyInstance } from 'fastify'
import { expect } from 'hotbed/vitest'
import * as broken from '../../src/partners/rate-limit/broken.js'
import * as repaired from '../../src/partners/rate-limit/repaired.js'
import { showFailure } from '../jobs/expecting-failure.js'
import { test } from './orders-test.js'

const quote = (app: FastifyInstance) => () => app.inject('/quotes?customer=7')

test('broken: who comes at the same time is not counted', async ({ clock, start }) => {
  const app = await start(broken.rateLimit)

  const probe = await clock.probeRateLimit(quote(app), { window: '1m', attempts: 20 })

  const failure = showFailure(() => expect(probe).toEnforceRateLimit({ limit: 10, window: '1m', burst: 20 }))
  expect(failure).toContain('20')
})

test('repaired: ten a minute, and not one more', async ({ clock, start }) => {
  const app = await start(repaired.rateLimit)

  const probe = await clock.probeRateLimit(quote(app), { window: '1m', attempts: 20 })

  expect(probe).toEnforceRateLimit({ limit: 10, window: '1m', burst: 20 })
})

test('a window that begins with the first request lets twice as many in around its end', async ({ clock, start }) => {
  const app = await start(repaired.rateLimit)

  const probe = await clock.probeRateLimit(quote(app), { window: '1m', attempts: 20 })

  expect(showFailure(() => expect(probe).toEnforceRateLimit({ limit: 10, window: '1m' }))).toContain('20')
})

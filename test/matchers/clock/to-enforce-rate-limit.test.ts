import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { drop, startSuite, type Suite } from '../../../src/index.js'
import { toEnforceRateLimit, type RateLimit } from '../../../src/matchers/index.js'
import { makeRateLimitProbe, type RateLimitProbe } from '../../../src/clock/rate-limit-probe.js'
import { createApp, fixedWindow, incrThenExpire, LIMIT, readThenWrite, slidingLog, type Limiter } from './limiters.js'

let suite: Suite<{ redis: {} }>
let redis: ReturnType<typeof createClient>

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
  redis = createClient({ url: suite.redis.url })
  redis.on('error', () => {})
  await redis.connect()
})
beforeEach(() => suite.reset())
afterAll(async () => {
  await redis.close()
  await suite.dispose()
})

const probe = async (limiter: Limiter): Promise<RateLimitProbe> => {
  const app = createApp(limiter)
  return suite.clock.probeRateLimit(() => app.inject({ method: 'POST', url: '/orders' }), { window: '1m', attempts: 20 })
}
const rule: RateLimit = { limit: LIMIT, window: '1m' }

test('a log of those accepted lets in exactly the limit, again after the window, and no more around its end', async () => {
  const evidence = await probe(slidingLog(redis))

  const verdict = toEnforceRateLimit(evidence, rule)

  expect(verdict.message()).toMatchInlineSnapshot(`
    "The limit of 10 in 1 min is enforced, and should not be.
        at the beginning of a window 10 of 20 accepted, 10 limited
        just before its end          0 of 20 accepted, 20 limited
        when it is over              10 of 20 accepted, 10 limited
        one, two windows later       1 of 1 accepted, 0 limited
        just before the end of that  9 of 20 accepted, 11 limited
        just after it                1 of 20 accepted, 19 limited"
  `)
  expect(verdict.pass).toBe(true)
  expect(String(evidence).split('\n', 1)).toEqual(['A rate limit, probed over a window of 1 min'])
  expect(structuredClone(evidence)).toEqual(evidence)
})

test('a counter whose EXPIRE was lost lets nobody in any more, and the key is named', async () => {
  await using cut = await suite.intercept('PEXPIRE rate:*', drop('before'), { times: 1 })

  const verdict = toEnforceRateLimit(await probe(incrThenExpire(redis)), rule)

  expect((await cut.state()).applied).toBe(1)
  expect(verdict.pass).toBe(false)
  expect(verdict.message()).toMatchInlineSnapshot(`
    "The limit of 10 in 1 min is not enforced:
      Of 20 at once 9 were accepted, expected 10.
      When the window was over nobody was accepted, expected 10.
      11 of 20 were neither accepted nor limited: status 500.
      ✗ at the beginning of a window 9 of 20 accepted, 0 limited, 11 failed: status 500
        just before its end          0 of 20 accepted, 20 limited
      ✗ when it is over              0 of 20 accepted, 20 limited
        one, two windows later       0 of 1 accepted, 1 limited
        just before the end of that  0 of 20 accepted, 20 limited
        just after it                0 of 20 accepted, 20 limited
      Without a TTL since then: 1 key: rate:127.0.0.1
      INCR and EXPIRE as two commands leave a counter for ever when the second is lost: send them in one script or MULTI, or SET … NX EX first."
  `)
})

test('a fixed window lets in twice the limit around its end, which has to be allowed', async () => {
  const evidence = await probe(fixedWindow(redis))
  const verdict = toEnforceRateLimit(evidence, rule)
  expect(verdict.pass).toBe(false)
  expect(verdict.message()).toMatchInlineSnapshot(`
    "The limit of 10 in 1 min is not enforced:
      19 were accepted on both sides of its end, in less than 1 min, expected at most 10.
        at the beginning of a window 10 of 20 accepted, 10 limited
        just before its end          0 of 20 accepted, 20 limited
        when it is over              10 of 20 accepted, 10 limited
        one, two windows later       1 of 1 accepted, 0 limited
      ✗ just before the end of that  9 of 20 accepted, 11 limited
      ✗ just after it                10 of 20 accepted, 10 limited"
  `)
  expect(toEnforceRateLimit(evidence, { ...rule, burst: 2 * LIMIT }).pass).toBe(true)
})

test('who reads before he writes lets in everybody at once', async () => {
  const verdict = toEnforceRateLimit(await probe(readThenWrite(redis)), rule)
  expect(verdict.pass).toBe(false)
  expect(verdict.message()).toMatchInlineSnapshot(`
    "The limit of 10 in 1 min is not enforced:
      Of 20 at once 20 were accepted, expected 10.
      When the window was over 20 were accepted, expected 10.
      ✗ at the beginning of a window 20 of 20 accepted, 0 limited
        just before its end          20 of 20 accepted, 0 limited
      ✗ when it is over              20 of 20 accepted, 0 limited
        one, two windows later       1 of 1 accepted, 0 limited
        just before the end of that  20 of 20 accepted, 0 limited
        just after it                20 of 20 accepted, 0 limited"
  `)
})

test('answers without Retry-After, too long ones, and errors are objected to', async () => {
  const waits = { limit: slidingLog(redis), none: 0 }
  const attempt = (headers: object) => async () => ((await waits.limit('a')) === 0 ? { status: 200, headers } : { status: 429, headers })
  const silent = await suite.clock.probeRateLimit(attempt({}), { window: '1m', attempts: 20 })
  expect(toEnforceRateLimit(silent, rule).message()).toContain('10 of 10 answers with status 429 had no Retry-After.')
  expect(toEnforceRateLimit(silent, { ...rule, retryAfter: false }).pass).toBe(true)
  await suite.reset()
  const long = await suite.clock.probeRateLimit(attempt(new Headers({ 'retry-after': '3600' })), { window: '1m', attempts: 20 })
  expect(toEnforceRateLimit(long, rule).message()).toContain('Retry-After was up to 1 h, longer than the window.')
  await suite.reset()
  const failing = await suite.clock.probeRateLimit((number) => (number === 1 ? Promise.reject(new Error('no route')) : true), {
    window: '1m',
    attempts: 20,
  })
  expect(toEnforceRateLimit(failing, { limit: 19, window: '1m' }).message()).toContain(
    '1 of 20 were neither accepted nor limited: no route.',
  )
})

test('a Retry-After that is a date is one of the moved clock', async () => {
  const limiter = slidingLog(redis)
  const evidence = await suite.clock.probeRateLimit(
    async () => {
      const waitMs = await limiter('a')
      return waitMs === 0 ? { status: 200 } : { status: 429, headers: { 'retry-after': new Date(Date.now() + waitMs).toUTCString() } }
    },
    { window: '1m', attempts: 20 },
  )
  expect(toEnforceRateLimit(evidence, rule).pass).toBe(true)
})

test('true and false are answers, too', async () => {
  const limiter = slidingLog(redis)
  const evidence = await suite.clock.probeRateLimit(async () => (await limiter('a')) === 0, { window: '1m', attempts: 11 })
  expect(toEnforceRateLimit(evidence, rule).pass).toBe(true)
  expect(toEnforceRateLimit(evidence, { ...rule, limit: 5 }).pass).toBe(false)
})

test('a probe that cannot prove it is refused, with and without .not', async () => {
  const evidence = await suite.clock.probeRateLimit(() => true, { window: '1m', attempts: 10 })
  expect(() => toEnforceRateLimit(evidence, rule)).toThrow(
    'The probe sent 10 at once, which a limit of 10 lets through with and without a limiter. [ERR_HOTBED_EVIDENCE]\n  → Send more: { attempts: 20 }',
  )
  expect(() => toEnforceRateLimit(evidence, { limit: 5, window: '2m' })).toThrow(
    'The probe was over a window of 1 min, and the matcher asks about 2 min. [ERR_HOTBED_EVIDENCE]',
  )
  expect(() => toEnforceRateLimit({}, rule)).toThrow(
    'toEnforceRateLimit judges the probe of a rate limit, and was given an object with nothing in it.',
  )
})

test.each<[unknown, string]>([
  [undefined, "Option 'rate' must be an object such as { limit: 10, window: '1m' }, but is undefined."],
  [{ limit: 0, window: '1m' }, "Option 'limit' must be a whole number above 0, but is 0."],
  [{ limit: 10, window: 'soon' }, "Option 'window' must be a number of seconds"],
  [{ limit: 10, window: '1m', burst: 5 }, "Option 'burst' must be a whole number from the limit (10) on, but is 5."],
  [{ limit: 10, window: '1m', retryAfter: 'yes' }, `Option 'retryAfter' must be true or false, but is "yes".`],
  [{ limit: 10, windows: '1m' }, "toEnforceRateLimit() has no option 'windows'."],
])('the rule %j is refused', (rate, message) => {
  expect(() =>
    toEnforceRateLimit(makeRateLimitProbe({ windowMs: 60_000, bursts: [], persistent: { count: 0, first: [] } }), rate as RateLimit),
  ).toThrow(message)
})

test.each<[unknown, unknown, string]>([
  ['/orders', { window: '1m', attempts: 20 }, `Option 'attempt' must be a function that makes one attempt, but is "/orders".`],
  [() => true, { window: '1m', attempts: 1 }, "Option 'attempts' must be a whole number above 1: more than the limit, but is 1."],
  [() => true, { window: 0, attempts: 20 }, "Option 'window' must be at least a millisecond, but is 0."],
  [() => true, { window: '1m', attempt: 20 }, "probeRateLimit() has no option 'attempt'."],
  [
    () => 'ok',
    { window: '1m', attempts: 20 },
    "Option 'attempt' must be a function that gives a response with `status` or `statusCode`, or true or false",
  ],
])('the probe of %j with %j is refused', async (attempt, options, message) => {
  await expect(suite.clock.probeRateLimit(attempt as never, options as never)).rejects.toThrow(message)
})

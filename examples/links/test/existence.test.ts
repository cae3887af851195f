import bloomFilters from 'bloom-filters'
import { expect } from 'hotbed/vitest'
import * as broken from '../src/existence/broken.js'
import * as localFilter from '../src/existence/local-filter.js'
import * as repaired from '../src/existence/repaired.js'
import { ERROR_RATE } from '../src/existence/shared-filter.js'
import { follow, shorten, test } from './links-test.js'
import { messageOf } from './message-of.js'

/** Codes as somebody tries them who looks for open links. */
const GUESSES = Array.from({ length: 400 }, (_, guess) => `guess${guess}`)
const ADDRESSES = Array.from({ length: 400 }, (_, guess) => `nobody${guess}@example.com`)
/** With the filter for 1 %, chance may let a few more of 400 through: more than 2.5 % would, once in a thousand seeds. The seed is fixed. */
const MAX_RATE = 0.025

test('broken: each guess asks the database', async ({ suite, start }) => {
  const app = await start(broken.shortener)

  const run = await suite.record(async () => {
    for (const code of GUESSES) await follow(app, code)
  })

  const failure = messageOf(() => expect(run).toBlockPenetration({ maxRate: MAX_RATE }))
  console.log(`\nThis is what a flood of lookups says:\n\n${failure}\n`)
  expect(failure).toContain('400')
})

test('repaired: of what is absent, the filter lets through no more than its false-positive rate', async ({ suite, start }) => {
  const app = await start(repaired.shortener)

  const links = await suite.record(async () => {
    for (const code of GUESSES) await follow(app, code)
  })
  const accounts = await suite.record(async () => {
    for (const email of ADDRESSES) await app.inject(`/accounts/${email}`)
  })

  expect(links).toBlockPenetration({ maxRate: MAX_RATE })
  expect(accounts).toExecuteStatements('SELECT', { max: MAX_RATE * ADDRESSES.length })
})

test('repaired: the filter never says no of what is there', async ({ postgres, start, codes }) => {
  const app = await start(repaired.shortener)
  const { rows } = await postgres.query<{ email: string }>('SELECT email FROM accounts ORDER BY id LIMIT 100')

  const targets = await Promise.all(codes.map((code) => follow(app, code)))
  const taken = await Promise.all(
    rows.map(async ({ email }) => (await app.inject(`/accounts/${encodeURIComponent(email)}`)).json<{ taken: boolean }>().taken),
  )

  expect(targets).not.toContain(undefined)
  expect(taken).not.toContain(false)
})

test('a filter in each process denies what another process has created', async ({ start }) => {
  const [one, another] = [await start(localFilter.shortener), await start(localFilter.shortener)]

  const code = (await shorten(one, { url: 'https://example.com/new' })) ?? ''

  expect(await follow(one, code)).toBe('https://example.com/new')
  expect(await follow(another, code)).toBeUndefined()
})

test('repaired: a filter in Redis is the same for all', async ({ start }) => {
  const [one, another] = [await start(repaired.shortener), await start(repaired.shortener)]

  const code = (await shorten(one, { url: 'https://example.com/new' })) ?? ''

  expect(await follow(another, code)).toBe('https://example.com/new')
})

test('repaired: without its bits the filter lets everything through, and denies nothing', async ({ suite, start, codes }) => {
  const app = await start(repaired.shortener)
  await suite.redis.send('FLUSHALL')

  const run = await suite.record(() => follow(app, codes[0] ?? ''))

  expect(run.result).toBeDefined()
  expect(run).toExecuteStatements(1)
})

test('bloom-filters by itself: its rate() promises five times less than it lets through', () => {
  const filter = bloomFilters.BloomFilter.from(
    Array.from({ length: 2_000 }, (_, item) => `item${item}`),
    ERROR_RATE,
    1,
  )

  const passed = Array.from({ length: 10_000 }, (_, item) => filter.has(`absent${item}`)).filter(Boolean).length / 10_000

  expect(passed).toBeGreaterThan(3 * filter.rate())
  expect(passed).toBeLessThan(2 * ERROR_RATE)
})

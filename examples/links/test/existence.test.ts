import bloomFilters from 'bloom-filters'
import type { FastifyInstance } from 'fastify'
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

  const run = await suite.record(() => followAll(app, GUESSES))

  const failure = messageOf(() => expect(run).toBlockPenetration({ maxRate: MAX_RATE, absent: GUESSES }))
  console.log(`\nThis is what a flood of lookups says:\n\n${failure}\n`)
  expect(failure).toContain('400 SQL lookups / 400 absent ids')
})

test('repaired: the filter lets through no more than its false-positive rate, and denies nothing that is there', async ({
  suite,
  start,
  codes,
}) => {
  const app = await start(repaired.shortener)

  const run = await suite.record(() => followAll(app, [...GUESSES, ...codes]))

  expect(run).toBlockPenetration({ maxRate: MAX_RATE, absent: GUESSES, present: codes })
  expect(run.result.slice(0, GUESSES.length)).not.toContainEqual(expect.any(String))
  expect(run.result.slice(GUESSES.length)).not.toContain(undefined)
})

test('repaired: so does the filter of the addresses', async ({ suite, postgres, start }) => {
  const app = await start(repaired.shortener)
  const { rows } = await postgres.query<{ email: string }>('SELECT email FROM accounts ORDER BY id LIMIT 100')
  const present = rows.map(({ email }) => email)

  const run = await suite.record(async () => {
    const answers = [...ADDRESSES, ...present].map((email) => app.inject(`/accounts/${encodeURIComponent(email)}`))
    return (await Promise.all(answers)).map((answer) => answer.json<{ taken: boolean }>().taken)
  })

  expect(run).toBlockPenetration({ maxRate: MAX_RATE, absent: ADDRESSES, present })
  expect(run.result.filter(Boolean)).toHaveLength(present.length)
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

async function followAll(app: FastifyInstance, codes: readonly string[]): Promise<readonly (string | undefined)[]> {
  const targets: (string | undefined)[] = []
  for (const code of codes) targets.push(await follow(app, code))
  return targets
}

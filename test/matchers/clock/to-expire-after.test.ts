import { LRUCache } from 'lru-cache'
import pg from 'pg'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { makeExpiryProbe } from '../../../src/clock/expiry-probe.js'
import { startSuite, type Suite } from '../../../src/index.js'
import { toExpireAfter } from '../../../src/matchers/index.js'

let suite: Suite<{ postgres: {}; redis: {} }>
let redis: ReturnType<typeof createClient>
let pool: pg.Pool

beforeAll(async () => {
  suite = await startSuite({ postgres: {}, redis: {} })
  redis = createClient({ url: suite.redis.url })
  await redis.connect()
  pool = new pg.Pool({ connectionString: suite.postgres.url })
  await pool.query('CREATE TABLE links (code text PRIMARY KEY, url text NOT NULL, expires_at timestamptz NOT NULL)')
})
beforeEach(async () => {
  await suite.clock.advance(0)
  await redis.flushAll()
  await pool.query('TRUNCATE links')
})
afterAll(async () => {
  await pool.end()
  await redis.close()
  await suite.dispose()
})

const HOUR = 3_600_000

/** A shortened link as S9 has it: `expires_at` in the table, and a cache in front of it. */
const links = (cacheMs: (leftMs: number) => number) => ({
  create: async (code: string) => {
    await pool.query('INSERT INTO links VALUES ($1, $2, $3)', [code, 'https://example.com/', new Date(Date.now() + HOUR)])
  },
  follow: async (code: string): Promise<boolean> => {
    if ((await redis.get(`link:${code}`)) !== null) return true
    const { rows } = await pool.query<{ url: string; expires_at: Date }>('SELECT url, expires_at FROM links WHERE code = $1', [code])
    const leftMs = (rows[0]?.expires_at.getTime() ?? 0) - Date.now()
    if (rows[0] === undefined || leftMs <= 0) return false
    await redis.set(`link:${code}`, rows[0].url, { PX: cacheMs(leftMs) })
    return true
  },
})

test('a link whose cache lives no longer than it is gone after an hour, in cache and table', async () => {
  const { create, follow } = links((leftMs) => leftMs)
  const probe = await suite.clock.probeExpiry(() => follow('abc'), { after: '1h', store: () => create('abc') })

  expect(probe.looks.map(({ isThere }) => isThere)).toEqual([true, true, false])
  expect(toExpireAfter(probe, '1h').pass).toBe(true)
  expect(toExpireAfter(probe, '1h').message()).toBe(
    ['look() expires after 1 h, and should not.', ...String(probe).split('\n').slice(1)].join('\n'),
  )
})

test('a link whose cache has a life of its own outlives its hour', async () => {
  const { create, follow } = links(() => 2 * HOUR)
  const probe = await suite.clock.probeExpiry(
    async function followLink() {
      return follow('abc')
    },
    { after: '1h', store: () => create('abc') },
  )

  const verdict = toExpireAfter(probe, '1h')

  expect(verdict.pass).toBe(false)
  expect(mask(verdict.message())).toMatchInlineSnapshot(`
    "followLink has not expired after 1 h: it is still there.
        when stored              there
        n ms before its end     there
      ✗ after 1 h                there
      Where each look renews a life (a session that slides), probe the key instead of a function that reads it."
  `)
})

test('a key with another TTL, and one with none, are told with the life they have', async () => {
  const long = await suite.clock.probeExpiry('session:1', { after: '5m', store: () => redis.set('session:1', '{}', { EX: 600 }) })
  expect(mask(toExpireAfter(long, '5m').message())).toMatchInlineSnapshot(`
    "session:1 has not expired after 5 min: it is still there.
        when stored              there, expires in …
        n ms before its end     there, expires in 5 min
      ✗ after 5 min              there, expires in 4 min 59 s
      Its life ends 10 min after it was stored."
  `)
  const none = await suite.clock.probeExpiry('session:2', { after: '5m', store: () => redis.set('session:2', '{}') })
  expect(mask(toExpireAfter(none, '5m').message())).toMatchInlineSnapshot(`
    "session:2 has not expired after 5 min: it is still there.
        when stored              there, without a TTL
        n ms before its end     there, without a TTL
      ✗ after 5 min              there, without a TTL
      A key is persistent when it was written without EX, PX or EXPIRE, or when a later SET without KEEPTTL took its TTL away."
  `)
  const short = await suite.clock.probeExpiry('session:3', { after: '5m', store: () => redis.set('session:3', '{}', { EX: 299 - 60 }) })
  expect(mask(toExpireAfter(short, '5m').message())).toMatchInlineSnapshot(`
    "session:3 is gone before 5 min are over.
        when stored              there, expires in …
      ✗ n ms before its end     gone
        after 5 min              gone
      Its life was shorter, or had begun before the probe: let the probe store it, with \`store\` (5 min count from there)."
  `)
})

test('the memory of the process expires by the same clock', async () => {
  const cache = new LRUCache<string, string>({ max: 10, ttl: 5 * 60_000 })
  const probe = await suite.clock.probeExpiry(() => cache.has('a'), { after: '5m', store: () => cache.set('a', '1') })
  expect(toExpireAfter(probe, '5m').pass).toBe(true)
})

test('what proves nothing is refused, with and without .not', async () => {
  const never = await suite.clock.probeExpiry('never', { after: '5m' })
  expect(() => toExpireAfter(never, '5m')).toThrow(
    'never was not there when it had been stored, so nothing could expire. [ERR_HOTBED_EVIDENCE]',
  )
  expect(() => toExpireAfter(never, '6m')).toThrow('The probe looked before and after 5 min, and the matcher asks about 6 min.')
  const late = makeExpiryProbe({
    subject: 'a',
    afterMs: 1000,
    looks: [
      { when: 'stored', atMs: 0, isThere: true, ttlMs: 1000 },
      { when: 'before', atMs: 1001, isThere: false, ttlMs: undefined },
      { when: 'over', atMs: 1002, isThere: false, ttlMs: undefined },
    ],
  })
  expect(() => toExpireAfter(late, 1)).toThrow('The look before the end came after it, at 1 s: this machine is too slow for the margin.')
  expect(() => toExpireAfter('a', 1)).toThrow('toExpireAfter judges the probe of an expiry, and was given the text "a".')
})

test.each<[unknown, unknown, string]>([
  ['', { after: '5m' }, 'Option \'subject\' must be the name of a key, or a function that says whether it is there, but is "".'],
  ['a', { after: 0 }, "Option 'after' must be more than nothing, but is 0."],
  ['a', { after: '5m', margin: '5m' }, 'Option \'margin\' must be less than the life of 5 min, but is "5m".'],
  ['a', { at: '5m' }, "probeExpiry() has no option 'at'."],
  ['a', { after: '5m', store: 'SET' }, `Option 'store' must be a function that stores it, but is "SET".`],
  [() => 1, { after: '5m' }, "Option 'subject' must be a function that gives true or false, but is 1."],
])('the probe of %j with %j is refused', async (subject, options, message) => {
  await expect(suite.clock.probeExpiry(subject as string, options as never)).rejects.toThrow(message)
})

test('what takes longer to be stored than it lives cannot be probed', async () => {
  await expect(suite.clock.probeExpiry('a', { after: '1h', store: async () => void (await suite.clock.advance('1h')) })).rejects.toThrow(
    'To store it took 1 h, and its life of 1 h was as good as over. [ERR_HOTBED_TIMEOUT]',
  )
})

/** Milliseconds go by while it is looked at. */
function mask(text: string): string {
  return text.replaceAll(/\d+ ms before its end {3,5}/g, 'n ms before its end     ').replaceAll(/(when stored .*expires in) .*/g, '$1 …')
}

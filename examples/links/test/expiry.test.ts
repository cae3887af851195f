import { expect } from 'hotbed/vitest'
import * as broken from '../src/expiry/broken.js'
import * as repaired from '../src/expiry/repaired.js'
import { pruneLinks } from '../src/links.js'
import { follow, shorten, test } from './links-test.js'
import { messageOf } from './message-of.js'

const TARGET = 'https://example.com/offer'
const LIVES = 600

test('broken: the cache keeps a link for an hour that has ten minutes to live', async ({ suite, start }) => {
  const app = await start(broken.shortener)
  const code = (await shorten(app, { url: TARGET, livesSeconds: LIVES })) ?? ''
  await follow(app, code)

  const snapshot = await suite.redis.inspect(`link:${code}`)
  await suite.clock.advance(LIVES)
  const later = await suite.record(() => follow(app, code))

  const failure = messageOf(() => expect(snapshot).toHaveTtl({ max: LIVES }))
  console.log(`\nThis is what a link that outlives itself says:\n\n${failure}\n`)
  expect(failure).toContain(`link:${code}`)
  expect(later).toBeServedFrom('redis')
  expect(later.result).toBe(TARGET)
})

test('repaired: the cache lets go of a link when the link ends', async ({ suite, start }) => {
  const app = await start(repaired.shortener)
  const code = (await shorten(app, { url: TARGET, livesSeconds: LIVES })) ?? ''
  await suite.clock.advance('4m')

  const first = await suite.record(() => follow(app, code))
  const second = await suite.record(() => follow(app, code))
  const snapshot = await suite.redis.inspect(`link:${code}`)
  await suite.clock.advance('6m')
  const later = await suite.record(() => follow(app, code))

  expect(first.result).toBe(TARGET)
  expect(first).toPopulateCache(`link:${code}`, { ttl: { max: '6m' } })
  expect(second).toBeServedFrom('redis')
  expect(snapshot).toHaveTtl({ max: '6m' })
  expect(later.result).toBeUndefined()
  expect(later).toBeServedFrom('postgres')
})

test('a link without an end is kept for an hour', async ({ suite, start, codes }) => {
  const app = await start(repaired.shortener)

  await follow(app, codes[0] ?? '')

  expect(await suite.redis.inspect(`link:${codes[0]}`)).toHaveTtl({ min: '59m', max: '60m' })
})

test('what has expired is taken out of the table, a batch at a time, and nothing else', async ({ suite, postgres, start, job }) => {
  const app = await start(repaired.shortener)
  for (let link = 0; link < 25; link += 1) await shorten(app, { url: TARGET, alias: `short${link}`, livesSeconds: LIVES })
  await suite.clock.advance(LIVES)

  const pruned = [await pruneLinks(job.db, 20), await pruneLinks(job.db, 20), await pruneLinks(job.db, 20)]

  const { rows } = await postgres.query<{ left: number }>('SELECT count(*)::int AS left FROM links WHERE expires_at IS NOT NULL')
  expect(pruned[0]).toBe(20)
  expect(pruned[2]).toBe(0)
  expect(rows).toEqual([{ left: 0 }])
})

test('an alias is taken while its link lives, and free again afterwards', async ({ suite, start }) => {
  const app = await start(repaired.shortener)

  const first = await shorten(app, { url: TARGET, alias: 'spring', livesSeconds: LIVES })
  const second = await shorten(app, { url: 'https://example.com/other', alias: 'spring' })
  await suite.clock.advance(LIVES)
  const third = await shorten(app, { url: 'https://example.com/other', alias: 'spring' })

  expect([first, second, third]).toEqual(['spring', undefined, 'spring'])
  expect(await follow(app, 'spring')).toBe('https://example.com/other')
})

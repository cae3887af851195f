import { expect } from 'hotbed/vitest'
import * as afterCreation from '../src/alias/after-creation.js'
import * as broken from '../src/alias/broken.js'
import * as repaired from '../src/existence/repaired.js'
import { follow, shorten, test } from './links-test.js'
import { messageOf } from './message-of.js'

const TARGET = 'https://example.com/spring'

test('broken: an alias that was tried before it was taken leads nowhere for a minute', async ({ suite, start }) => {
  const app = await start(broken.shortener)
  await follow(app, 'spring')

  const creation = await suite.record(() => shorten(app, { url: TARGET, alias: 'spring' }))

  expect(await follow(app, 'spring')).toBeUndefined()
  const failure = messageOf(() => expect(creation).toInvalidate('absent:link:spring', { after: 'commit' }))
  console.log(`\nThis is what a memory of absence says that nobody clears:\n\n${failure}\n`)
  expect(failure).toContain('absent:link:spring')
  await suite.clock.advance('1m')
  expect(await follow(app, 'spring')).toBe(TARGET)
})

test('cleared after the INSERT, yet who has looked before remembers it afterwards: every time', async ({ suite, start }) => {
  const [visitor, owner] = [await start(afterCreation.shortener), await start(afterCreation.shortener)]

  const race = await suite.raceInvalidation({
    read: () => follow(visitor, 'summer'),
    write: () => shorten(owner, { url: TARGET, alias: 'summer' }),
    key: 'absent:link:summer',
  })

  expect(race).toInvalidate('absent:link:summer', { after: 'commit', of: 'INSERT INTO links' })
  const failure = messageOf(() => expect(race).not.toServeStale())
  console.log(`\nThis is what an absence says that is remembered too late:\n\n${failure}\n`)
  expect(failure).toContain('absent:link:summer serves a stale value')
  expect(await suite.compareCache('absent:link:summer', () => undefined)).not.toBeCoherent()
  expect(await follow(owner, 'summer')).toBeUndefined()
})

test('repaired: a filter in front remembers no absence', async ({ start }) => {
  const [visitor, owner] = [await start(repaired.shortener), await start(repaired.shortener)]

  const before = await follow(visitor, 'autumn')
  await shorten(owner, { url: TARGET, alias: 'autumn' })

  expect(before).toBeUndefined()
  expect(await follow(visitor, 'autumn')).toBe(TARGET)
})

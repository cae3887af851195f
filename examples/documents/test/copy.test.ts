import { expect } from 'hotbed/vitest'
import * as broken from '../src/copy/broken.js'
import { BARRED_SECONDS, TTL_SECONDS } from '../src/copy/copies.js'
import * as removed from '../src/copy/removed.js'
import * as repaired from '../src/copy/repaired.js'
import { retitle, test, titleOf } from './documents-test.js'
import { messageOf } from './message-of.js'

test('broken: a copy lives for ever, and stays when the document changes', async ({ suite, start, loadDocument }) => {
  const app = await start(broken.documents)

  const first = await suite.record(() => titleOf(app, 7))
  const change = await suite.record(() => retitle(app, 7, 'the new title'))

  const forever = messageOf(() => expect(first).toPopulateCache('document:7', { ttl: { max: '5m' } }))
  const kept = messageOf(() => expect(change).toInvalidate('document:7', { after: 'commit' }))
  const coherence = await suite.compareCache('document:7', loadDocument)
  const stale = messageOf(() => expect(coherence).toBeCoherent())
  console.log(`\nThis is what a copy says that nobody takes away:\n\n${forever}\n\n${kept}\n\n${stale}\n`)
  expect(forever).toContain('document:7')
  expect(kept).toContain('document:7')
  expect(stale).toContain('the new title')
})

test('taken away, and put back by a slow reader: every time', async ({ suite, start }) => {
  const [reader, writer] = [await start(removed.documents), await start(removed.documents)]

  const race = await suite.raceInvalidation({
    read: () => titleOf(reader, 8),
    write: () => retitle(writer, 8, 'the new title'),
    key: 'document:8',
  })

  expect(race).toInvalidate('document:8', { after: 'commit', of: 'UPDATE documents' })
  const failure = messageOf(() => expect(race).not.toServeStale())
  console.log(`\nThis is what a copy says that was put back:\n\n${failure}\n`)
  expect(failure).toContain('document:8 serves a stale value')
})

test('repaired: the place is barred, and the slow reader comes too late', async ({ suite, start, loadDocument }) => {
  const [reader, writer] = [await start(repaired.documents), await start(repaired.documents)]

  const race = await suite.raceInvalidation({
    read: () => titleOf(reader, 9),
    write: () => retitle(writer, 9, 'the new title'),
    key: 'document:9',
  })

  expect(race).not.toServeStale()
  await suite.clock.advance(BARRED_SECONDS)
  expect(await titleOf(reader, 9)).toBe('the new title')
  expect(await suite.compareCache('document:9', loadDocument)).toBeCoherent()
})

test('repaired: the first visit puts a copy with an end, the second is served from it, a change takes it away', async ({
  suite,
  start,
}) => {
  const app = await start(repaired.documents)

  const first = await suite.record(() => titleOf(app, 10))
  const second = await suite.record(() => titleOf(app, 10))
  const change = await suite.record(() => retitle(app, 10, 'the new title'))

  expect(first).toPopulateCache('document:10', { ttl: { min: TTL_SECONDS, max: TTL_SECONDS } })
  expect(second).toBeServedFrom('redis')
  expect(second.result).toBe(first.result)
  expect(change).toInvalidate('document:10', { after: 'commit', of: 'UPDATE documents' })
  expect(await titleOf(app, 10)).toBe('the new title')
})

test('copies are documents where Redis knows them, and texts elsewhere', async ({ suite, start }) => {
  const app = await start(repaired.documents)
  await titleOf(app, 11)

  const hasJson = (suite.redis.modules ?? []).some((module) => /json/i.test(module))

  expect(await suite.redis.send('TYPE', 'document:11')).toBe(hasJson ? 'ReJSON-RL' : 'string')
})

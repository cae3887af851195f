import { expect } from 'hotbed/vitest'
import * as broken from '../src/clicks/broken.js'
import * as repaired from '../src/clicks/repaired.js'
import { storeClicks } from '../src/clicks/store-clicks.js'
import { follow, test } from './links-test.js'
import { messageOf } from './message-of.js'

test('broken: the link comes from the cache, and each click reaches the database', async ({ suite, start, codes }) => {
  const app = await start(broken.shortener)
  const hot = codes.slice(0, 3)
  for (const code of hot) await follow(app, code)

  const run = await suite.record(async () => {
    for (let click = 0; click < 30; click += 1) await follow(app, hot[click % 3] ?? '')
  })

  const failure = messageOf(() => expect(run).toBeServedFrom('redis'))
  console.log(`\nThis is what hot links that reach the database say:\n\n${failure}\n`)
  expect(failure).toContain('30')
  expect(failure).toContain('update "links"')
})

test('repaired: hot links never reach the database', async ({ suite, start, codes }) => {
  const app = await start(repaired.shortener)
  const hot = codes.slice(0, 3)
  for (const code of hot) await follow(app, code)

  const run = await suite.record(async () => {
    for (let click = 0; click < 30; click += 1) await follow(app, hot[click % 3] ?? '')
  })

  expect(run).toBeServedFrom('redis')
  expect(run).toExecuteStatements(0)
  expect(run).toHaveCacheHitRatio({ min: 1 }, { keys: 'link:*' })
})

test('repaired: clicks are stored together, and none is lost that comes meanwhile', async ({ suite, postgres, start, job, codes }) => {
  const app = await start(repaired.shortener)
  const counted = codes.slice(10, 15)
  for (const code of [...counted, ...counted]) await follow(app, code)

  const first = await suite.record(() => storeClicks(job))
  for (const code of counted) await follow(app, code)
  await storeClicks(job)

  expect(first).toExecuteStatements(1)
  const { rows } = await postgres.query<{ clicks: string }>('SELECT clicks FROM links WHERE code = ANY ($1)', [counted])
  expect(rows.map(({ clicks }) => clicks)).toEqual(['3', '3', '3', '3', '3'])
})

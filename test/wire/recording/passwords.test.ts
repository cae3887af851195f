import { inspect } from 'node:util'
import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { createClient } from 'redis'
import { startSuite } from '../../../src/start-suite.js'

test('a recording of clients that log in has no password, and their commands', async () => {
  await using suite = await startSuite({ redis: { config: { requirepass: 'hunter2' } } })
  const one = new Redis(suite.redis.url, { lazyConnect: true })
  const two = createClient({ url: suite.redis.url, RESP: 3 })
  const recording = await suite.record(async () => {
    await one.connect()
    await two.connect()
    await one.call('AUTH', 'default', 'hunter2')
    await one.get('a')
  })
  one.disconnect()
  two.destroy()
  expect(recording.commands.map(({ args }) => args)).toEqual([['get', 'a']])
  expect(inspect(recording, { depth: 9, maxArrayLength: 1000 })).toContain("'***'")
  expect(inspect(recording, { depth: 9, maxArrayLength: 1000 })).not.toContain('hunter2')
})

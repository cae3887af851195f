import { createClient } from 'redis'
import { expect, test } from 'vitest'
import { startSuite } from '../../src/index.js'

test('a moment that is said while the clock jumps is the moment that was meant', async () => {
  await using suite = await startSuite({ redis: {} })
  const client = await createClient({ url: suite.redis.url }).connect()
  const start = Date.now() + 86_400_000
  const meant = new Map<string, number>()
  let isOver = false
  const write = async (writer: number): Promise<void> => {
    for (let number = 0; !isOver; number += 1) {
      const key = `${writer}:${number}`
      meant.set(key, start + number)
      await client.sendCommand(['SET', key, 'v', 'PXAT', String(start + number)])
    }
  }
  const writing = Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)))
  for (let jump = 0; jump < 8; jump += 1) await suite.clock.advance('7s')
  isOver = true
  await writing
  const keys = [...meant.keys()]
  const found = await Promise.all(keys.map((key) => client.pExpireTime(key)))
  const wrong = keys.flatMap((key, at) => (found[at] === meant.get(key) ? [] : [`${key}: ${(found[at] ?? 0) - (meant.get(key) ?? 0)} ms`]))
  await client.close()
  expect(keys.length).toBeGreaterThan(8)
  expect(wrong).toEqual([])
})

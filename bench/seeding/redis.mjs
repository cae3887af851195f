// One way to fill Redis, in a process of its own: `node redis.mjs METHOD KEYS`. Prints JSON.
import { startSuite } from '../../dist/start-suite.js'
import { loadRedis } from '../../dist/seed/redis/load-redis.js'

const [, , method, keysText] = process.argv
const KEYS = Number(keysText)
const VALUE = 'x'.repeat(64)
const keyOf = (row) => `user:${row}:session`

const suite = await startSuite({ redis: {} })
const methods = { hotbed, hotbedWithTtl, ioredis, nodeRedis }
const seconds = await methods[method]()
const size = await suite.redis.send('DBSIZE')
if (size !== KEYS) throw new Error(`${method} wrote ${String(size)} keys instead of ${KEYS}.`)
await suite.dispose()
process.stdout.write(`${JSON.stringify({ seconds, keysPerSecond: KEYS / seconds, rssMb: process.resourceUsage().maxRSS / 1024 })}\n`)

async function timed(work) {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

function hotbed() {
  return timed(() => loadRedis(suite.redis, [{ key: 'user:{row}:session', rows: KEYS, value: VALUE }]))
}

function hotbedWithTtl() {
  return timed(() =>
    loadRedis(suite.redis, [{ key: 'user:{row}:session', rows: KEYS, value: VALUE, ttlSeconds: (row) => 3600 + (row % 600) }]),
  )
}

async function ioredis() {
  const { Redis } = await import('ioredis')
  const redis = new Redis(suite.redis.url)
  await redis.ping()
  const took = await timed(async () => {
    for (let row = 0; row < KEYS; row += 1000) {
      const pipeline = redis.pipeline()
      for (let at = row; at < Math.min(KEYS, row + 1000); at += 1) pipeline.set(keyOf(at), VALUE)
      await pipeline.exec()
    }
  })
  redis.disconnect()
  return took
}

async function nodeRedis() {
  const { createClient } = await import('redis')
  const client = createClient({ url: suite.redis.url })
  await client.connect()
  const took = await timed(async () => {
    for (let row = 0; row < KEYS; row += 1000) {
      const pipeline = client.multi()
      for (let at = row; at < Math.min(KEYS, row + 1000); at += 1) pipeline.set(keyOf(at), VALUE)
      await pipeline.execAsPipeline()
    }
  })
  client.destroy()
  return took
}

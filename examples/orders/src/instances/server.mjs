// One instance, as it is deployed: `node server.mjs broken` or `node server.mjs repaired`.
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import pg from 'pg'
import { ordersAtOnce } from './orders-at-once.mjs'
import { ordersInBatches } from './orders-in-batches.mjs'
import { sessionsInMemory } from './sessions-in-memory.mjs'
import { sessionsInRedis } from './sessions-in-redis.mjs'

const { PORT, DATABASE_URL, REDIS_URL } = process.env
const isRepaired = process.argv[2] === 'repaired'

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 5 })
const redis = new Redis(REDIS_URL)
const sessions = isRepaired ? sessionsInRedis(redis) : sessionsInMemory()
const orders = isRepaired ? ordersAtOnce(pool) : ordersInBatches(pool)

const app = Fastify()
app.get('/health', () => 'fine')
app.post('/login', async (request, answer) => {
  const session = await sessions.open(request.body.user)
  return answer.header('set-cookie', `session=${session}; HttpOnly`).code(204).send()
})
app.get('/me', async (request, answer) => {
  const user = await sessions.find(/session=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1])
  return user === undefined ? answer.code(401).send({ error: 'log in first' }) : { user }
})
app.post('/orders', async (request, answer) => {
  await orders.place(request.body.id)
  return answer.code(201).send({ id: request.body.id })
})
app.addHook('onClose', async () => {
  await orders.close()
  await pool.end()
  redis.disconnect()
})
await app.listen({ port: Number(PORT), host: '127.0.0.1' })
process.once('SIGTERM', () => void app.close())

import Fastify, { type FastifyInstance } from 'fastify'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { createClient } from 'redis'
import { rememberVerified, verifyEachTime } from './verify-token.js'

export interface AppOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** Connections of the pool. */
  readonly connections: number
  /** Whether a token that was verified is known for a minute. */
  readonly remembersTokens: boolean
}

export interface App {
  readonly server: FastifyInstance
  readonly pool: pg.Pool
}

/** One endpoint: the price for a customer who shows a token. */
export async function createApp({ databaseUrl, redisUrl, connections, remembersTokens }: AppOptions): Promise<App> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: connections })
  const db = new Kysely<object>({ dialect: new PostgresDialect({ pool }) })
  const redis = createClient({ url: redisUrl })
  await redis.connect()
  const verify = remembersTokens ? rememberVerified(redis, verifyEachTime) : verifyEachTime
  const server = Fastify()

  server.get('/price', async (request, answer) => {
    const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
    if (!(await verify(token))) return answer.code(401).send({ error: 'who are you?' })
    const [customer = ''] = token.split('.')
    const { rows } = await sql<{ price: string }>`SELECT price_of(${Number(customer)}) AS price`.execute(db)
    return { price: rows[0]?.price }
  })

  server.addHook('onClose', async () => {
    redis.destroy()
    await db.destroy()
  })
  return { server, pool }
}

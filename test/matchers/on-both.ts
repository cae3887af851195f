import { Redis } from 'ioredis'
import pg from 'pg'
import { createClient } from 'redis'
import { startSuite, type Suite } from '../../src/index.js'

/** A suite with a table of products, and the clients that an application would have. */
export interface Shop extends AsyncDisposable {
  readonly suite: Suite<{ postgres: {}; redis: {} }>
  readonly pool: pg.Pool
  readonly redis: ReturnType<typeof connectTo>
  readonly ioredis: Redis
}

const connectTo = (url: string) => createClient({ url })

export async function openShop(): Promise<Shop> {
  const suite = await startSuite({ postgres: {}, redis: {} })
  await suite.postgres.query('CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, price int NOT NULL)')
  await suite.postgres.query("INSERT INTO products SELECT g, 'product ' || g, 100 FROM generate_series(1, 100) g; ANALYZE products")
  const pool = new pg.Pool({ connectionString: suite.postgres.url, max: 4 })
  const redis = connectTo(suite.redis.url)
  const ioredis = new Redis(suite.redis.url)
  await redis.connect()
  return {
    suite,
    pool,
    redis,
    ioredis,
    [Symbol.asyncDispose]: async () => {
      await pool.end()
      await redis.close()
      ioredis.disconnect()
      await suite.dispose()
    },
  }
}

/** What differs from run to run: times and positions, numbers of connections, and the blanks that align them. */
export function mask(text: string): string {
  return text
    .replaceAll(/[\d.,]+ ms/g, 'n ms')
    .replaceAll(/position \d+/g, 'position n')
    .replaceAll(/#\d+/g, '#n')
    .replaceAll(/(\S) {2,}/g, '$1  ')
    .replaceAll(/^( +✗?) +n ms/gm, '$1 n ms')
}

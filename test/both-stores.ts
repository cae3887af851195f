import pg from 'pg'
import { createClient } from 'redis'
import { startSuite, type Suite } from '../src/index.js'

/** A suite with both stores, and a client of an application for each. */
export interface BothStores extends AsyncDisposable {
  readonly suite: Suite<{ postgres: {}; redis: {} }>
  readonly pool: pg.Pool
  readonly redis: ReturnType<typeof connectTo>
}

const connectTo = (url: string) => createClient({ url })

/** @param max connections of the pool */
export async function openBothStores({ max = 10 }: { readonly max?: number } = {}): Promise<BothStores> {
  const suite = await startSuite({ postgres: {}, redis: {} })
  const pool = new pg.Pool({ connectionString: suite.postgres.url, max })
  const redis = connectTo(suite.redis.url)
  await redis.connect()
  return {
    suite,
    pool,
    redis,
    [Symbol.asyncDispose]: async () => {
      await pool.end()
      await redis.close()
      await suite.dispose()
    },
  }
}

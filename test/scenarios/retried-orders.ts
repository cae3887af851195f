import pg from 'pg'
import { startSuite, type Suite } from '../../src/index.js'

/** Orders that are placed in a transaction, by an application that tries again when it does not hear how that went. */
export interface RetriedOrders extends AsyncDisposable {
  readonly suite: Suite<{ postgres: {} }>
  readonly pool: pg.Pool
  readonly clear: () => Promise<unknown>
  /** `request`: a key of the request's own, under a unique constraint. */
  readonly place: (request: string | null) => Promise<string>
  readonly tryTwice: (request: string | null) => Promise<string>
}

/** What an order changes. */
export const effect = 'SELECT count(*) AS orders, sum(total) AS charged FROM orders'

export async function openRetriedOrders(): Promise<RetriedOrders> {
  const suite = await startSuite({ postgres: {} })
  const pool = new pg.Pool({ connectionString: suite.postgres.url })
  pool.on('error', () => {})
  await suite.postgres.query('CREATE TABLE orders (id serial PRIMARY KEY, request text UNIQUE, total int NOT NULL)')
  const place = (request: string | null): Promise<string> => placeOrder(pool, request)
  return {
    suite,
    pool,
    clear: () => suite.postgres.query('TRUNCATE orders'),
    place,
    tryTwice: (request) => place(request).catch(() => place(request)),
    [Symbol.asyncDispose]: async () => {
      await pool.end()
      await suite.dispose()
    },
  }
}

async function placeOrder(pool: pg.Pool, request: string | null): Promise<string> {
  const client = await pool.connect()
  let failure: Error | undefined
  client.on('error', () => {})
  try {
    await client.query('BEGIN')
    await client.query('INSERT INTO orders (request, total) VALUES ($1, 10) ON CONFLICT (request) DO NOTHING', [request])
    await client.query('COMMIT')
    return 'placed'
  } catch (error) {
    failure = error as Error
    throw error
  } finally {
    client.release(failure)
  }
}

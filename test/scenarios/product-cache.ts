import { openBothStores, type BothStores } from '../both-stores.js'

export const KEY = 'product:7'

/** One product in Postgres and its price in Redis, for a reader and a writer with a Redis client each. */
export interface ProductCache extends BothStores {
  /** The writer's. */
  readonly writer: BothStores['redis']
  readonly reset: () => Promise<void>
  readonly load: () => Promise<string>
  /** Looks, loads and fills, whatever has happened meanwhile. */
  readonly readPrice: () => Promise<string>
  readonly readInOneFlight: () => Promise<string>
  /** Fills only while the generation is the one that was read before the source. */
  readonly readGuarded: () => Promise<string>
  readonly changePrice: () => Promise<void>
}

export async function openProductCache(): Promise<ProductCache> {
  const both = await openBothStores({ max: 30 })
  const { suite, pool, redis } = both
  const writer = redis.duplicate()
  await writer.connect()
  await suite.postgres.query('CREATE TABLE products (id int PRIMARY KEY, price int NOT NULL)')
  const load = async (): Promise<string> => {
    const { rows } = await pool.query<{ price: number }>('SELECT price FROM products WHERE id = 7')
    return String(rows[0]?.price)
  }
  const readPrice = async (): Promise<string> => {
    const cached = await redis.get(KEY)
    if (cached !== null) return cached
    const price = await load()
    await redis.set(KEY, price, { EX: 60 })
    return price
  }
  let flight: Promise<string> | undefined
  return {
    ...both,
    writer,
    load,
    readPrice,
    readInOneFlight: () => (flight ??= readPrice().finally(() => (flight = undefined))),
    readGuarded: async () => {
      const [cached, generation] = await redis.mGet([KEY, 'generation:7'])
      if (cached !== null && cached !== undefined) return cached
      const price = await load()
      await redis.eval(FILL, { keys: [KEY, 'generation:7'], arguments: [price, generation ?? ''] })
      return price
    },
    changePrice: async () => {
      await pool.query('UPDATE products SET price = price + 1 WHERE id = 7')
      await writer.multi().incr('generation:7').del(KEY).exec()
    },
    reset: async () => {
      await suite.postgres.query('TRUNCATE products; INSERT INTO products VALUES (7, 100)')
      await suite.redis.send('FLUSHALL')
    },
    [Symbol.asyncDispose]: async () => {
      await writer.close()
      await both[Symbol.asyncDispose]()
    },
  }
}

const FILL = `
  if (redis.call('GET', KEYS[2]) or '') ~= ARGV[2] then return 0 end
  redis.call('SET', KEYS[1], ARGV[1], 'EX', 60)
  return 1`

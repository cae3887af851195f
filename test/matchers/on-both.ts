import { Redis } from 'ioredis'
import { openBothStores, type BothStores } from '../both-stores.js'

/** Both stores with a table of products, and the clients that an application would have. */
export interface Shop extends BothStores {
  readonly ioredis: Redis
}

export async function openShop(): Promise<Shop> {
  const both = await openBothStores({ max: 4 })
  const { postgres, redis } = both.suite
  await postgres.query('CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, price int NOT NULL)')
  await postgres.query("INSERT INTO products SELECT g, 'product ' || g, 100 FROM generate_series(1, 100) g; ANALYZE products")
  const ioredis = new Redis(redis.url)
  return {
    ...both,
    ioredis,
    [Symbol.asyncDispose]: async () => {
      ioredis.disconnect()
      await both[Symbol.asyncDispose]()
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
    .replaceAll(/^ +✗ +n ms/gm, '  ✗ n ms')
    .replaceAll(/^ +n ms/gm, '    n ms')
}

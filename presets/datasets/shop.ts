import { fileURLToPath } from 'node:url'
import {
  cacheOf,
  defineDataset,
  derived,
  foreignKey,
  growth,
  lognormal,
  oneOf,
  uniform,
  uniqueEmail,
  weighted,
  type Dataset,
  type DatasetDefinition,
} from 'hotbed/seed'

export interface ShopOptions extends Pick<DatasetDefinition, 'seed' | 'epoch' | 'scale' | 'statistics'> {
  /** @default 20_000 */
  readonly users?: number
  /** @default 2_000 */
  readonly products?: number
  /** @default 200_000 */
  readonly orders?: number
  /** @default 500_000 */
  readonly orderItems?: number
  /** Fills Redis with a hash `product:{id}` for each product, which lives for 5 to 15 minutes. @default false */
  readonly cache?: boolean
}

/** The folder with the tables of the shop: `users`, `products`, `orders`, `order_items`. */
export const shopMigrations: string = fileURLToPath(new URL('./shop/migrations', import.meta.url))

const cachedProducts = cacheOf('products', ({ id, name, category, price_cents: price, stock }, index) => ({
  key: `product:${String(id)}`,
  value: { hash: { name: String(name), category: String(category), price_cents: Number(price), stock: Number(stock) } },
  ttlSeconds: 300 + ((index * 37) % 601),
}))

/** Orders that are older than this are settled. */
const SETTLED_MS = 14 * 86_400_000
const DEFAULT_EPOCH = '2025-01-01T00:00:00Z'

/**
 * A shop after two years of business: a few customers have very many orders, business grows with the season, hour and weekday, and an order's status
 * follows from its age.
 *
 * @example
 * startSuite({ postgres: { migrations: shopMigrations, dataset: shopDataset({ orders: 1_000_000 }) } })
 *
 * @throws {HotbedError} as `defineDataset`
 */
export function shopDataset(options: ShopOptions = {}): Dataset {
  const {
    users = 20_000,
    products = 2_000,
    orders = 200_000,
    orderItems = 500_000,
    cache = false,
    epoch = DEFAULT_EPOCH,
    ...rest
  } = options
  const openFrom = Date.parse(epoch) - SETTLED_MS
  const start = new Date(Date.parse(epoch) - 730 * 86_400_000)
  return defineDataset({
    ...rest,
    epoch,
    redis: cache ? [cachedProducts] : [],
    tables: {
      users: {
        rows: users,
        columns: {
          email: uniqueEmail(),
          country: weighted({ US: 45, DE: 15, GB: 14, FR: 12, NL: 8, CH: 5.9, LI: 0.1 }),
          created_at: growth({ from: start, shape: 'exponential', factor: 4 }),
        },
      },
      products: {
        rows: products,
        columns: {
          category: weighted({ books: 40, kitchen: 25, garden: 20, toys: 14, instruments: 1 }),
          price_cents: lognormal({ median: 2_500, p99: 40_000, min: 99, decimals: 0 }),
          stock: uniform({ min: 0, max: 500 }),
        },
      },
      orders: {
        rows: orders,
        columns: {
          user_id: foreignKey('users', { distribution: { zipf: 0.8 } }),
          created_at: growth({ from: start, shape: 'seasonal', factor: 6 }),
          status: derived(({ row, value, draws }) => {
            const share = draws.unit(row)
            if (Number(value('created_at')) >= openFrom) return share < 0.4 ? 'pending' : share < 0.7 ? 'paid' : 'shipped'
            return share < 0.93 ? 'delivered' : 'cancelled'
          }),
          total_cents: lognormal({ median: 4_500, p99: 90_000, min: 99, decimals: 0 }),
          shipped_at: derived(({ row, value, draws }) => {
            const status = value('status')
            return status === 'shipped' || status === 'delivered' ? Number(value('created_at')) + draws.unit(row) * 172_800_000 : null
          }),
        },
      },
      order_items: {
        rows: orderItems,
        columns: {
          order_id: foreignKey('orders', { perParent: 'poisson' }),
          product_id: foreignKey('products', { distribution: { zipf: 1 } }),
          quantity: oneOf([1, 1, 1, 2, 2, 3]),
          unit_price_cents: lognormal({ median: 2_500, p99: 40_000, min: 99, decimals: 0 }),
        },
      },
    },
  })
}

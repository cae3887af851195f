import { fileURLToPath } from 'node:url'
import { defineDataset, foreignKey, growth, lognormal, oneOf, uniqueEmail, zipf, type Dataset, type DatasetDefinition } from 'hotbed/seed'

export interface TradesOptions extends Pick<DatasetDefinition, 'seed' | 'epoch' | 'scale' | 'statistics'> {
  /** @default 5_000 */
  readonly users?: number
  /** @default 2_100_000 */
  readonly trades?: number
}

/** The folder with the tables `users` and `trades`. */
export const tradesMigrations: string = fileURLToPath(new URL('./trades/migrations', import.meta.url))

const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'AMZN', 'GOOG', 'META', 'TSLA', 'NFLX', 'AMD', 'INTC', 'ORCL', 'IBM', 'SAP', 'NESN', 'ROG', 'NOVN']
const DEFAULT_EPOCH = '2025-01-01T00:00:00Z'

/**
 * Two million trades of a year, in the order of time. The heaviest users have a hundred thousand of them and the median user a few dozen, so that the same
 * statement deserves different plans.
 *
 * @example
 * startSuite({ postgres: { migrations: tradesMigrations, dataset: tradesDataset({ trades: 10_000 }) } })
 *
 * @throws {HotbedError} as `defineDataset`
 */
export function tradesDataset(options: TradesOptions = {}): Dataset {
  const { users = 5_000, trades = 2_100_000, epoch = DEFAULT_EPOCH, ...rest } = options
  const start = new Date(Date.parse(epoch) - 365 * 86_400_000)
  return defineDataset({
    ...rest,
    epoch,
    tables: {
      users: {
        rows: users,
        columns: { email: uniqueEmail(), created_at: growth({ from: new Date(start.getTime() - 86_400_000), to: start }) },
      },
      trades: {
        rows: trades,
        columns: {
          user_id: foreignKey('users', { distribution: { zipf: 1.1 } }),
          symbol: zipf({ values: SYMBOLS, exponent: 0.9 }),
          side: oneOf(['buy', 'sell']),
          quantity: lognormal({ median: 20, p99: 2_000, min: 1, decimals: 0 }),
          price: lognormal({ median: 120, p99: 1_500, min: 0.01, decimals: 4 }),
          created_at: growth({ from: start, shape: 'exponential', factor: 5 }),
        },
      },
    },
  })
}

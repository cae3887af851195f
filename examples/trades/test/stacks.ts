import { fileURLToPath } from 'node:url'
import type { StackDefinition } from 'hotbed'
import { tradesDataset, tradesMigrations } from 'hotbed/presets/datasets/trades'

/** 5,000 trades of 500 users: enough to plan with, loaded in no time. */
const dataset = tradesDataset({ users: 500, trades: 5_000 })

/** As the application is deployed: an index on the user, and one on the time. */
export const broken = { postgres: { migrations: tradesMigrations, dataset } } as const satisfies StackDefinition

/** With the index that the history page needs. */
export const repaired = {
  postgres: { migrations: [tradesMigrations, fileOf('../migrations')], dataset },
} as const satisfies StackDefinition

function fileOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

import { hotbed } from 'hotbed/vitest/plugin'
import { shopDataset, shopMigrations } from 'hotbed/presets/datasets/shop'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [
    hotbed({
      postgres: {
        migrations: [shopMigrations, './migrations'],
        dataset: shopDataset({ users: 500, products: 20_000, orders: 10_000, orderItems: 30_000 }),
      },
      redis: {},
    }),
  ],
  test: { reporters: ['verbose'], hookTimeout: 120_000, testTimeout: 60_000 },
})

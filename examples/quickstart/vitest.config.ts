import { hotbed } from 'hotbed/vitest/plugin'
import { defineConfig } from 'vitest/config'
import { dataset } from './test/shop.dataset.js'

export default defineConfig({
  plugins: [
    hotbed({
      postgres: { migrations: './migrations', dataset },
      redis: {},
      summary: true,
    }),
  ],
  test: { reporters: ['verbose'], hookTimeout: 120_000, testTimeout: 120_000 },
})

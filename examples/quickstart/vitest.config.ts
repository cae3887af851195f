import { hotbed } from 'hotbed/vitest/plugin'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [
    hotbed({
      postgres: { migrations: './migrations', seed: './test/seed.sql' },
      redis: {},
      summary: true,
    }),
  ],
  test: { reporters: ['verbose'], hookTimeout: 120_000, testTimeout: 120_000 },
})

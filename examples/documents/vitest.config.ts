import { missingCapabilities } from 'hotbed'
import { hotbed } from 'hotbed/vitest/plugin'
import { defineConfig } from 'vitest/config'
import { dataset } from './test/documents.dataset.js'

/** Copies are documents where a RedisJSON can be had, and texts elsewhere. */
const json = { modules: ['json'] }
const withoutJson = await missingCapabilities({ redis: json })

export default defineConfig({
  plugins: [
    hotbed({
      postgres: { extensions: ['pg_trgm'], migrations: './migrations', dataset },
      redis: withoutJson === undefined ? json : {},
    }),
  ],
  test: { reporters: ['verbose'], hookTimeout: 180_000, testTimeout: 60_000 },
})

import { hotbed } from 'hotbed/vitest/plugin'
import { defineConfig } from 'vitest/config'
import { dataset } from './test/entries.dataset.js'

export default defineConfig({
  plugins: [hotbed({ postgres: { migrations: './migrations', dataset }, redis: {}, scope: 'test' })],
  test: { reporters: ['verbose'], hookTimeout: 120_000, testTimeout: 60_000 },
})

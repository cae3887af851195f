import { hotbed } from 'hotbed/vitest/plugin'
import { defineConfig } from 'vitest/config'
import { dataset } from './test/links.dataset.js'

export default defineConfig({
  plugins: [hotbed({ postgres: { migrations: './migrations', dataset }, redis: {} })],
  test: { reporters: ['verbose'], hookTimeout: 120_000, testTimeout: 60_000 },
})

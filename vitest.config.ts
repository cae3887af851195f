import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Tests that import the package by its name get its sources.
  resolve: { conditions: ['hotbed-source', 'module', 'node', 'development|production'] },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.tmp-*/**'],
    typecheck: { include: ['test/**/*.test-d.ts'] },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})

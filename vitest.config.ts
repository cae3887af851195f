import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Tests that import the package by its name get its sources.
  resolve: { conditions: ['hotbed-source', 'module', 'node', 'development|production'] },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.tmp-*/**'],
    typecheck: { include: ['test/**/*.test-d.ts'], tsconfig: 'test/tsconfig.test-d.json' },
    // By default one less than there are cores, which of two leaves one idle: tests mostly wait for servers.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // By default one second, which a machine that is busy with other tests does not always have.
    expect: { poll: { timeout: 30_000 } },
  },
})

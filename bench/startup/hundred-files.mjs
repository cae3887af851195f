// 100 isolated test files on 2 workers, with nothing and with a suite each; alternating, the best of three.
import { runVitest } from './run-vitest.mjs'

const FILES = 100
const bareFiles = Object.fromEntries(
  Array.from({ length: FILES }, (_, n) => [
    `${n}.test.mjs`,
    "import { test, expect } from 'vitest'\ntest('is', () => expect(1).toBe(1))\n",
  ]),
)
const hotbedFiles = {
  'vitest.config.mjs': "import { hotbed } from 'hotbed/vitest/plugin'\nexport default { plugins: [hotbed({ postgres: {}, redis: {} })] }\n",
  ...Object.fromEntries(
    Array.from({ length: FILES }, (_, n) => [
      `${n}.test.mjs`,
      "import { test, expect } from 'hotbed/vitest'\ntest('is', ({ suite }) => expect(suite.postgres.port).toBeGreaterThan(0))\n",
    ]),
  ),
}
const bare = []
const hotbed = []
for (let round = 0; round < 3; round += 1) {
  bare.push(runVitest(bareFiles, ['--maxWorkers=2']).durationMs)
  hotbed.push(runVitest(hotbedFiles, ['--maxWorkers=2']).durationMs)
}
console.log(JSON.stringify({ bareMs: Math.min(...bare), hotbedMs: Math.min(...hotbed) }))

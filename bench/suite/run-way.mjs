import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runVitest } from '../startup/run-vitest.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const BODIES = readdirSync(join(here, 'bodies'))

/** What the test files import, as it lies here. */
const SHARED = Object.fromEntries(
  readdirSync(here, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(here, join(entry.parentPath, entry.name)))
    .map((path) => [`suite/${path}`, readFileSync(join(here, path), 'utf8')]),
)

/** The same for all ways, but for where the stores come from. */
const testFile = (way, body, variant) => `import { afterAll, beforeAll, expect, test } from 'vitest'
import { define } from './suite/bodies/${body}'
import { connect } from './suite/connect.mjs'
import { openStores } from './suite/ways/${way}/stores.mjs'

const stores = {}
let close
beforeAll(async () => {
  close = await connect(stores, openStores)
}, 300_000)
afterAll(() => close?.(), 60_000)
define({ expect, test, stores }, ${variant})
`

const HAND_MADE = `export default { test: { reporters: ['./suite/reporter.mjs'], globalSetup: GLOBAL_SETUP } }\n`
const HOTBED = `import { hotbed } from 'hotbed/vitest/plugin'
export default {
  plugins: [
    hotbed({
      postgres: { migrations: ['./suite/sql/001_shop.sql', './suite/sql/002_orders.sql'], seed: './suite/sql/seed.sql' },
      redis: {},
      env: { DATABASE_URL: 'postgres', REDIS_URL: 'redis' },
    }),
  ],
  test: { reporters: ['./suite/reporter.mjs'] },
}
`

/** Runs the suite in one way. All of it counts: starting vitest, servers, schema and rows, tests, the end. */
export function runWay(way, { files, workers, env = {} }) {
  const globalSetup = `suite/ways/${way}/global-setup.mjs`
  const project = {
    ...SHARED,
    'vitest.config.mjs':
      way === 'hotbed' ? HOTBED : HAND_MADE.replace('GLOBAL_SETUP', globalSetup in SHARED ? `['./${globalSetup}']` : '[]'),
    ...Object.fromEntries(
      Array.from({ length: files }, (_, i) => {
        const body = BODIES[i % BODIES.length]
        return [`${String(i).padStart(3, '0')}-${body.replace('.mjs', '.test.mjs')}`, testFile(way, body, Math.floor(i / BODIES.length))]
      }),
    ),
  }
  const folder = mkdtempSync(join(tmpdir(), 'hotbed-bench-suite-'))
  const variables = {
    ...env,
    BENCH_WORKERS: String(workers),
    BENCH_SETUPS: join(folder, 'setups'),
    BENCH_RESULT: join(folder, 'result.json'),
  }
  try {
    const { durationMs } = runVitest(project, [`--maxWorkers=${workers}`], variables)
    const { tests, passed } = JSON.parse(readFileSync(variables.BENCH_RESULT, 'utf8'))
    const setupMs = readFileSync(variables.BENCH_SETUPS, 'utf8')
      .trim()
      .split('\n')
      .reduce((sum, ms) => sum + Number(ms), 0)
    return { totalMs: durationMs, setupMs: setupMs / files, tests, passed }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// A whole load, and what it costs once it is saved: `node whole.mjs sampled|exact|saved ROWS`. Prints JSON.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startSuite } from '../../dist/start-suite.js'
import { defineDataset } from '../../dist/seed/define-dataset.js'
import { seed } from '../../dist/seed/load.js'
import { foreignKey } from '../../dist/seed/generators/foreign-key.js'
import { growth } from '../../dist/seed/generators/growth.js'
import { lognormal } from '../../dist/seed/generators/normal.js'
import { weighted } from '../../dist/seed/generators/one-of.js'
import { uniqueEmail } from '../../dist/seed/generators/unique.js'

const [, , method, rowsText] = process.argv
const ROWS = Number(rowsText)
const migrations = fileURLToPath(new URL('./whole.sql', import.meta.url))

const dataset = defineDataset({
  tables: {
    users: { rows: ROWS / 20, columns: { email: uniqueEmail() } },
    orders: {
      rows: ROWS,
      columns: {
        user_id: foreignKey('users', { distribution: { zipf: 0.8 } }),
        email: uniqueEmail(),
        created_at: growth({ from: '2023-01-01', shape: 'exponential' }),
        amount: lognormal({ median: 40, p99: 900, decimals: 2 }),
        status: weighted({ paid: 80, open: 15, lost: 5 }),
      },
    },
  },
})
const stack = { postgres: { migrations, dataset } }

async function load(statistics) {
  const suite = await startSuite({ postgres: { migrations } })
  const { seconds } = await seed(suite.postgres, dataset, { statistics })
  await suite.dispose()
  return { seconds }
}

/** Makes the image where there is none; a process of its own then starts from it. */
async function saved() {
  const suite = await startSuite(stack)
  await suite.dispose()
  return JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'ready', rowsText], { encoding: 'utf8' }))
}

async function ready() {
  const begun = performance.now()
  const suite = await startSuite(stack)
  await suite.postgres.query('SELECT 1')
  const readyMs = performance.now() - begun
  const cloning = performance.now()
  const other = await startSuite(stack)
  const cloneMs = performance.now() - cloning
  const { rows } = await other.postgres.query('SELECT count(*)::int AS n, pg_database_size(current_database()) AS bytes FROM orders')
  if (rows[0].n !== ROWS || other.postgres.database === suite.postgres.database) throw new Error('The second run has other rows.')
  await Promise.all([suite.dispose(), other.dispose()])
  return { readyMs, cloneMs, mb: Number(rows[0].bytes) / 2 ** 20 }
}

const methods = { sampled: () => load('sampled'), exact: () => load('exact'), saved, ready }
process.stdout.write(`${JSON.stringify(await methods[method]())}\n`)

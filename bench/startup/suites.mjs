// A template of 30 tables; suites made from nothing and from a spare.
import { createRun } from '../../dist/databases/run.js'
import { median } from '../report.mjs'

const tables = Array.from({ length: 30 }, (_, n) => `CREATE TABLE t${n} (id int PRIMARY KEY, name text UNIQUE, created_at timestamptz)`)
const migrations = {
  inputs: ['bench/startup/suites.mjs'],
  run: async ({ query }) => {
    for (const table of tables) await query(table)
  },
}
const stack = { postgres: { migrations }, redis: {} }
const ROUNDS = 15

async function openTimes(run, pause) {
  const times = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now()
    const suite = await run.openSuite(stack)
    times.push(performance.now() - start)
    await suite.verbs.dispose()
    await pause()
  }
  return times
}

async function resetTimes(run, pause) {
  const times = []
  const suite = await run.openSuite(stack)
  for (let round = 0; round < ROUNDS; round += 1) {
    await suite.verbs.query("INSERT INTO t1 VALUES (1, 'a', now())")
    await suite.verbs.send(['SET', 'a', '1'])
    const start = performance.now()
    await suite.verbs.reset()
    times.push(performance.now() - start)
    await pause()
  }
  await suite.verbs.dispose()
  return times
}

const withoutSpares = createRun({ spares: 0 })
await (await withoutSpares.openSuite(stack)).verbs.dispose()
const made = await openTimes(withoutSpares, () => Promise.resolve())
await withoutSpares.close()

const withSpares = createRun({ spares: 2 })
const spareReady = () => new Promise((resolve) => setTimeout(resolve, 400)) // long enough for a spare, measured from outside
await (await withSpares.openSuite(stack)).verbs.dispose()
await spareReady()
const spare = await openTimes(withSpares, spareReady)
const reset = await resetTimes(withSpares, spareReady)
await withSpares.close()
console.log(JSON.stringify({ madeMs: median(made), spareMs: median(spare), resetMs: median(reset) }))

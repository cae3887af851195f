// How fast a million rows and keys are written, beside the ways in use today: one run, medians, alternating, each in a process of its own.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median, report } from './report.mjs'

const ROUNDS = Number(process.argv[2] ?? 3)
const MILLION = 1_000_000
/** The slow ways are measured over fewer rows; their cost per row does not depend on it. */
const SLOW_ROWS = 100_000

/** Runs a script of `bench/seeding/` and reads the JSON that it prints last. */
function measure(script, method, count) {
  const path = fileURLToPath(new URL(`./seeding/${script}.mjs`, import.meta.url))
  try {
    const output = execFileSync(process.execPath, [path, method, String(count)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    return JSON.parse(output.trim().split('\n').at(-1))
  } catch (error) {
    process.stderr.write(`${script} ${method} failed: ${String(error.stderr ?? error).slice(-600)}\n`)
    return undefined
  }
}

function compare(script, methods) {
  const runs = new Map(methods.map(([name]) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, count] of methods) {
      const run = measure(script, name, count)
      if (run !== undefined) runs.get(name).push(run)
    }
  }
  const figure = (name, of) => (runs.get(name).length === 0 ? Number.NaN : median(runs.get(name).map(of)))
  return figure
}

const postgres = compare('postgres', [
  ['hotbed', MILLION],
  ['serverFile', MILLION],
  ['generateSeries', MILLION],
  ['fakerCopy', SLOW_ROWS],
  ['fakerInsert', SLOW_ROWS],
  ['drizzle', SLOW_ROWS],
])
const whole = compare('whole', [
  ['sampled', MILLION],
  ['exact', MILLION],
  ['saved', MILLION],
])
const redis = compare('redis', [
  ['hotbed', MILLION],
  ['hotbedWithTtl', MILLION],
  ['ioredis', MILLION],
  ['nodeRedis', MILLION],
])
const small = measure('postgres', 'hotbed', 100_000)
const large = measure('postgres', 'hotbed', 10 * MILLION)
const largeRedis = measure('redis', 'hotbed', 5 * MILLION)

const rate = (name) => postgres(name, (run) => run.rowsPerSecond)
const keyRate = (name) => redis(name, (run) => run.keysPerSecond)
const ours = rate('hotbed')
const row = (what, value, unit, goal, met) => ({ what, value: Number.isNaN(value) ? 'not measured' : value, unit, goal, met })
const ratio = (what, value, least) => row(what, value, 'x', `>= ${least}x`, value >= least)
const atMost = (what, value, unit, most) => row(what, value, unit, `<= ${most} ${unit}`, value <= most)
const rss = postgres('hotbed', (run) => run.rssMb)
const perRow = (run, rows) => (run === undefined ? Number.NaN : (run.seconds / rows) * 1e6)

report(`Seeding: rows of 6 columns and keys of 64 bytes, ${ROUNDS} rounds each`, [
  row('hotbed: COPY BINARY', ours / 1000, 'k/s'),
  row('COPY BINARY from a file of the server (the limit)', rate('serverFile') / 1000, 'k/s'),
  ratio('  hotbed to that', ours / rate('serverFile'), 0.9),
  row('INSERT … SELECT generate_series', rate('generateSeries') / 1000, 'k/s'),
  row('faker and COPY of text', rate('fakerCopy') / 1000, 'k/s'),
  row('faker and INSERT of 1000 rows', rate('fakerInsert') / 1000, 'k/s'),
  ratio('  hotbed to that', ours / rate('fakerInsert'), 15),
  row('drizzle-seed', rate('drizzle') / 1000, 'k/s'),
  ratio('  hotbed to that', ours / rate('drizzle'), 40),
  row('peak memory of node, 1 M rows', rss, 'MB', '<= 150 MB', rss <= 150),
  row('peak memory of node, 10 M rows', large?.rssMb ?? Number.NaN, 'MB', '<= 150 MB', large !== undefined && large.rssMb <= 150),
  row('time per row, 100 k rows', perRow(small, 100_000), 'µs'),
  row('time per row, 1 M rows', 1e6 / ours, 'µs'),
  row(
    'time per row, 10 M rows',
    perRow(large, 10 * MILLION),
    'µs',
    'within 1.5x of 1 M',
    perRow(large, 10 * MILLION) <= (1.5 * 1e6) / ours,
  ),
  atMost(
    '1 M rows, 4 indexes, foreign key, VACUUM, ANALYZE: sampled',
    whole('sampled', (run) => run.seconds),
    's',
    3.5,
  ),
  atMost(
    '  the same, exact statistics',
    whole('exact', (run) => run.seconds),
    's',
    6.5,
  ),
  row(
    '  the same as a template',
    whole('saved', (run) => run.mb),
    'MB',
  ),
  atMost(
    '  a clone of it',
    whole('saved', (run) => run.cloneMs),
    'ms',
    150,
  ),
  atMost(
    '  the second run until its first answer',
    whole('saved', (run) => run.readyMs),
    'ms',
    600,
  ),
  row('hotbed: Redis texts', keyRate('hotbed') / 1000, 'k/s', '>= 1000 k/s', keyRate('hotbed') >= MILLION),
  row('hotbed: Redis texts with a life', keyRate('hotbedWithTtl') / 1000, 'k/s'),
  row('ioredis, pipelines of 1000', keyRate('ioredis') / 1000, 'k/s'),
  ratio('  hotbed to that', keyRate('hotbed') / keyRate('ioredis'), 4),
  row('node-redis, pipelines of 1000', keyRate('nodeRedis') / 1000, 'k/s'),
  row(
    'peak memory of node, 5 M keys',
    largeRedis?.rssMb ?? Number.NaN,
    'MB',
    '<= 150 MB',
    largeRedis !== undefined && largeRedis.rssMb <= 150,
  ),
])

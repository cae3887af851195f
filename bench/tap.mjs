// What it costs to go through the tap, recorded and not, beside the direct way: all in one run, medians, alternating.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median, report } from './report.mjs'

const LATENCY_RUNS = 5
/** What a GET and a SELECT take directly on the machine that the goals were set on, in µs: on another, work takes as much longer or shorter. */
const DIRECT_THERE = { get: 21, select: 40 }

/** Runs a script of `bench/tap/` in a process of its own and reads the JSON it prints last. */
function measure(name, launcher = []) {
  const script = fileURLToPath(new URL(`./tap/${name}.mjs`, import.meta.url))
  const [command, ...args] = [...launcher, process.execPath, '--expose-gc', script]
  const output = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  return JSON.parse(output.trim().split('\n').at(-1))
}

// It depends on where client, tap and server come to lie, which stays so while they live: five times anew.
const latencies = Array.from({ length: LATENCY_RUNS }, () => measure('latency'))
const direct = (verb) => median(latencies.map((run) => run[verb].direct))
const over = (verb, name) => median(latencies.map((run) => run[verb][name] - run[verb].direct))
const times = (verb, name) => median(latencies.map((run) => run[verb][name] / run[verb].thread))
// On one core nobody has to be woken on another: what is left is the work that the tap adds.
const oneCore = process.platform === 'linux' ? measure('latency', ['taskset', '-c', '0']) : undefined
const onOneCore = (verb) => (oneCore === undefined ? 'no taskset' : oneCore[verb].thread - oneCore[verb].direct)
const pipelines = measure('pipelines')
const copy = measure('copy')
const memory = measure('memory')

const row = (what, value, unit, goal, met) => ({ what, value, unit, goal, met })
/**
 * Of a goal, `work` is what the tap may cost on the event loop of the caller; the rest is the way through another thread. That is mostly the waking of
 * who waits, which no proxy can spare: where cores sleep deeply, a thread that only passes bytes on costs more than the whole goal. So it stands here
 * for that part.
 */
const added = (what, verb, limit, work) => {
  const here = work + over(verb, 'relay')
  const value = over(verb, 'thread')
  return row(what, value, 'µs', `<= ${limit} µs there, ${here.toFixed(0)} µs here`, value <= here)
}
const onTheLoop = (what, verb, limit) => {
  const value = over(verb, 'here')
  const here = (limit * direct(verb)) / DIRECT_THERE[verb]
  return row(what, value, 'µs', `<= ${limit} µs there, ${here.toFixed(0)} µs here`, value <= here)
}
const ratio = (what, value, least) => row(what, value, 'x', `>= ${least}x`, value >= least)
const factor = (what, value, most) => row(what, value, 'x', `<= ${most}x`, value <= most)
const megabytes = (what, value) => row(what, value, 'MB', '<= 100 MB', value <= 100)

report('The tap: medians of one run', [
  row('GET, direct', direct('get'), 'µs'),
  row('  added to a GET by a thread that only passes bytes on', over('get', 'relay'), 'µs'),
  added('  added by the tap in its thread', 'get', 45, 25),
  onTheLoop('  added by the same on the event loop of the caller', 'get', 25),
  row('  added by the tap in its thread, all on one core', onOneCore('get'), 'µs'),
  factor('  recorded, to not recorded', times('get', 'planned'), 1.6),
  row('point SELECT, direct', direct('select'), 'µs'),
  row('  added to a SELECT by a thread that only passes bytes on', over('select', 'relay'), 'µs'),
  added('  added by the tap in its thread', 'select', 100, 75),
  onTheLoop('  added by the same on the event loop of the caller', 'select', 75),
  row('  added by the tap in its thread, all on one core', onOneCore('select'), 'µs'),
  row('  recorded without plans, to not recorded', times('select', 'recorded'), 'x'),
  factor('  recorded with plans, to not recorded', times('select', 'planned'), 1.6),
  row('GETs in pipelines of 1,000 on raw sockets, direct', pipelines.direct / 1000, 'k/s'),
  row('  through the tap', pipelines.thread / 1000, 'k/s', '>= 200 k/s', pipelines.thread >= 200_000),
  row('GETs of node-redis, 1,000 at once, direct', pipelines.clientDirect / 1000, 'k/s'),
  row('  through the tap', pipelines.clientThread / 1000, 'k/s'),
  row('COPY TO of 200 MB, direct', copy.out.direct, 'MB/s'),
  ratio('  COPY TO through the tap, to direct', copy.out.ratio, 0.7),
  row('COPY FROM of 200 MB, direct', copy.in.direct, 'MB/s'),
  ratio('  COPY FROM through the tap, to direct', copy.in.ratio, 0.7),
  row('statements recorded with their plans', memory.withPlans, '', '100000', memory.withPlans === 100_000),
  megabytes('  held by the tap while the recording is open', memory.threadMb),
  row('  as handed over, until it is read', memory.receivedMb, 'MB'),
  megabytes('  held by the finished recording, plans not yet read', memory.recordingMb),
])

import { whileMeasuring } from '../plan-verbs/measuring.js'
import { readDuration, type Duration } from '../primitives/duration.js'
import { HotbedError } from '../primitives/error.js'
import { decodeLatencies } from '../primitives/latency-histogram.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { bootstrapRatio, median } from './bootstrap.js'
import type { Generator } from './generator.js'
import { printComparison, type ComparedLoad, type LoadComparison } from './load-comparison.js'
import { readOpenModel, readTraffic, type TrafficOptions } from './load-options.js'
import type { LoadErrors } from './load-report.js'
import { readRate, type Rate } from './rate.js'
import type { LoadFunction } from './request.js'
import type { Schedule } from './schedule.js'
import type { Tallied } from './tally.js'
import { openGenerator, type UrlTarget } from './target.js'

export interface CompareLoadOptions extends TrafficOptions {
  /** Requests a second, of each in its turn. */
  readonly rate: Rate
  /** How long in all: each has a half of it, in slices. */
  readonly for: Duration
  /** Slices of each. More of them make the interval narrower, as long as each has enough requests. @default 20 */
  readonly slices?: number
}

const OPTIONS = ['rate', 'for', 'slices', 'arrivals', 'seed', 'timeoutMs', 'maxInFlight']
const LEAST_SLICES = 8
const LEAST_REQUESTS = 5

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export async function compareLoad(
  a: LoadFunction | UrlTarget,
  b: LoadFunction | UrlTarget,
  options: CompareLoadOptions,
): Promise<LoadComparison> {
  const { schedule, slices, ratePerSecond, seed } = readOptions(options)
  const generators = [await openGenerator(a, 'compareLoad()'), await openGenerator(b, 'compareLoad()')] as const
  try {
    const runs: readonly [Tallied[], Tallied[]] = [[], []]
    await whileMeasuring(async () => {
      // Their first requests open connections and are compiled.
      for (const generator of generators) await run(generator, schedule)
      for (let slice = 0; slice < slices; slice += 1) {
        // ABBA: whoever comes second finds warmer caches, so each does as often.
        const order = (slice + seed) % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)
        for (const which of order) runs[which].push(await run(generators[which], schedule))
      }
    })
    return createComparison(generators, runs, ratePerSecond, seed)
  } finally {
    await Promise.all(generators.map((generator) => generator.close()))
  }
}

function run(generator: Generator, schedule: Schedule): Promise<Tallied> {
  return generator.run(schedule, () => {})
}

function readOptions(options: CompareLoadOptions): {
  readonly schedule: Schedule
  readonly slices: number
  readonly ratePerSecond: number
  readonly seed: number
} {
  if (typeof options !== 'object' || options === null)
    throw wrongOption('compareLoad()', "options such as { rate: 200, for: '10s' }", options)
  checkOptionNames(options, OPTIONS, 'compareLoad()')
  const ratePerSecond = readRate(options.rate, 'rate')
  const totalMs = readDuration(options.for, 'for')
  const { slices = 20 } = options
  if (!(Number.isSafeInteger(slices) && slices >= LEAST_SLICES))
    throw wrongOption('slices', `a whole number from ${LEAST_SLICES} on`, slices)
  const sliceMs = totalMs / (2 * slices)
  const requests = (ratePerSecond * sliceMs) / 1000
  if (requests < LEAST_REQUESTS) {
    const neededS = Math.ceil((LEAST_REQUESTS * 2 * slices) / ratePerSecond)
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `Each of the ${2 * slices} slices would have ${Number(requests.toPrecision(2))} requests, too few for a median.`,
      remedy: `Compare for '${neededS}s' or at a higher rate.`,
    })
  }
  const model = readOpenModel(ratePerSecond, options)
  return { schedule: { ...readTraffic(options), model, extent: { ms: sliceMs }, warmUpMs: 0 }, slices, ratePerSecond, seed: model.seed }
}

function createComparison(
  generators: readonly [Generator, Generator],
  runs: readonly [readonly Tallied[], readonly Tallied[]],
  ratePerSecond: number,
  seed: number,
): LoadComparison {
  const [a, b] = [createCompared(generators[0], runs[0]), createCompared(generators[1], runs[1])]
  const pairs = a.sliceMediansMs.map((ms, at) => [ms, b.sliceMediansMs[at] ?? ms] as const)
  const comparison = {
    kind: 'load-comparison' as const,
    a,
    b,
    ratePerSecond,
    seed,
    ratio: median(a.sliceMediansMs) / median(b.sliceMediansMs),
    interval: Object.freeze(bootstrapRatio(pairs, seed)),
  }
  Object.defineProperty(comparison, 'toString', { value: (): string => printComparison(comparison).join('\n') })
  return Object.freeze(comparison)
}

function createCompared({ target }: Generator, runs: readonly Tallied[]): ComparedLoad {
  const slices = runs.map(({ latency }) => decodeLatencies(latency))
  const sliceMediansMs = slices.map((slice) => slice.percentile(50))
  const errors = new Map<string, LoadErrors>()
  for (const error of runs.flatMap((one) => one.errors)) {
    errors.set(error.kind, { ...error, count: error.count + (errors.get(error.kind)?.count ?? 0) })
  }
  return Object.freeze({
    target,
    requests: runs.reduce((sum, { counts }) => sum + counts.issued, 0),
    errors: Object.freeze([...errors.values()]),
    medianMs: median(sliceMediansMs),
    sliceMediansMs: Object.freeze(sliceMediansMs),
    slices: Object.freeze(slices),
  })
}

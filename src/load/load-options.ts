import { readDuration, type Duration } from '../primitives/duration.js'
import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../primitives/options.js'
import { checkPools, type WatchedPool } from '../tap-verbs/watch-pools.js'
import type { LoadModel } from './load-report.js'
import { readRate, type Rate } from './rate.js'
import type { Schedule } from './schedule.js'

/** What is noted beside the requests. */
export interface WatchOptions {
  /** Pools of the application (`pg.Pool`) whose queue is to be watched. @default none */
  readonly pools?: readonly WatchedPool[]
  /** Other processes whose CPU time is to be noted, such as those of the application. @default those of what `suite.startApp` has started */
  readonly processes?: readonly number[]
}

/** How requests of one kind are made. */
export interface TrafficOptions {
  /** How requests of the open model arrive: evenly, or at random as those of users who know nothing of each other. @default 'fixed' */
  readonly arrivals?: 'fixed' | 'poisson'
  /** Of random arrivals: the same seed gives the same ones. @default 1 */
  readonly seed?: number
  /** A request that has not settled so long after it was due counts as `unsettled`, and its signal is aborted. @default 30_000 */
  readonly timeoutMs?: number
  /** Requests under way at the same time; those due beyond that are dropped and counted as such. @default 10_000 */
  readonly maxInFlight?: number
}

export interface LoadOptions extends WatchOptions, TrafficOptions {
  /** Requests a second, `350`, `'350/s'` or `'4000/min'`, whatever becomes of those before: the open model. Either this or `users`. */
  readonly rate?: Rate
  /** So many users, of whom each waits for its answer before it asks again: the closed model, which asks less of a server that is slow. */
  readonly users?: number
  /** How long: `'10s'`, or how many requests: `{ count: 200 }`. The warm-up comes before it. */
  readonly for: Duration | { readonly count: number }
  /** Requests of this time are made and not counted. @default a tenth of `for`, at most 5 s; nothing with `{ count }` */
  readonly warmUp?: Duration
  /**
   * Whether each statement and command is kept, as `record` does without plans, in `report.recording`. Without it the tap counts only, which costs no
   * memory.
   *
   * @default false
   */
  readonly record?: boolean
}

export interface ReadLoadOptions {
  readonly schedule: Schedule
  readonly pools: readonly WatchedPool[]
  readonly processes: readonly number[]
  readonly record: boolean
}

const TRAFFIC = ['arrivals', 'seed', 'timeoutMs', 'maxInFlight']
const WATCH = ['pools', 'processes']
const OPTIONS = ['rate', 'users', 'for', 'warmUp', 'record', ...TRAFFIC, ...WATCH]
const WARM_UP_SHARE = 10
const MOST_WARM_UP_MS = 5_000

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function readLoadOptions(options: LoadOptions): ReadLoadOptions {
  if (typeof options !== 'object' || options === null) throw wrongOption('load()', "options such as { rate: 350, for: '10s' }", options)
  checkOptionNames(options, OPTIONS, 'load()')
  const { rate, users, record = false } = options
  if ((rate === undefined) === (users === undefined)) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: rate === undefined ? 'load() was given neither a rate nor users.' : 'load() was given a rate and users.',
      remedy: "Write { rate: '350/s' } for requests that come whatever becomes of those before, or { users: 20 } for users who wait.",
    })
  }
  if (users !== undefined) checkWholeNumber('users', users, 1, 'a whole number above 0')
  if (typeof record !== 'boolean') throw wrongOption('record', 'true or false', record)
  const extent = readExtent(options.for)
  const warmUpMs =
    options.warmUp === undefined
      ? 'ms' in extent
        ? Math.min(extent.ms / WARM_UP_SHARE, MOST_WARM_UP_MS)
        : 0
      : readDuration(options.warmUp, 'warmUp')
  return {
    schedule: {
      ...readTraffic(options),
      model: users === undefined ? readOpenModel(readRate(rate, 'rate'), options) : { kind: 'closed', users },
      extent,
      warmUpMs,
    },
    ...readWatch(options),
    record,
  }
}

export function readOpenModel(
  ratePerSecond: number,
  { arrivals = 'fixed', seed = 1 }: TrafficOptions,
): Extract<LoadModel, { kind: 'open' }> {
  if (arrivals !== 'fixed' && arrivals !== 'poisson') throw wrongOption('arrivals', "'fixed' or 'poisson'", arrivals)
  if (!Number.isSafeInteger(seed)) throw wrongOption('seed', 'a whole number', seed)
  return { kind: 'open', ratePerSecond, arrivals, seed }
}

export function readTraffic({ timeoutMs = 30_000, maxInFlight = 10_000 }: TrafficOptions): Pick<Schedule, 'timeoutMs' | 'maxInFlight'> {
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) throw wrongOption('timeoutMs', 'milliseconds above 0', timeoutMs)
  checkWholeNumber('maxInFlight', maxInFlight, 1, 'a whole number above 0')
  return { timeoutMs, maxInFlight }
}

export function readWatch({ pools = [], processes = [] }: WatchOptions): Pick<ReadLoadOptions, 'pools' | 'processes'> {
  checkPools(pools)
  if (!Array.isArray(processes) || !processes.every((pid) => Number.isSafeInteger(pid) && pid > 0))
    throw wrongOption('processes', 'a list of numbers of processes', processes)
  return { pools, processes }
}

function readExtent(extent: unknown): Schedule['extent'] {
  if (typeof extent === 'object' && extent !== null) {
    checkOptionNames(extent, ['count'], 'for')
    const { count }: { readonly count?: unknown } = extent
    checkWholeNumber('count', count, 1, 'a whole number above 0')
    return { count }
  }
  const ms = readDuration(extent, 'for')
  if (ms <= 0) throw wrongOption('for', "longer than 0, such as '10s', or { count: 200 }", extent)
  return { ms }
}

import { readDuration, type Duration } from '../../primitives/duration.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { readOpenModel, readTraffic, readWatch, type ReadLoadOptions, type TrafficOptions, type WatchOptions } from '../load-options.js'
import { readRate, type Rate } from '../rate.js'
import type { Schedule } from '../schedule.js'

export interface FindKneeOptions extends WatchOptions, TrafficOptions {
  /** The lowest rate, at which nothing is expected to break: what is normal is measured there. */
  readonly from: Rate
  /** The highest rate that is tried. */
  readonly upTo: Rate
  /** How long each rate is held. @default '2s' */
  readonly stepFor?: Duration
  /** How much higher the next rate is. @default 1.5 */
  readonly factor?: number
  /** The knee is searched until what holds and what does not lie so close: 0.15 is 15 %. @default 0.15 */
  readonly precision?: number
  /** A p95 of so many times that at the lowest rate, and 50 ms more than it at least, does not hold. @default 3 */
  readonly latencyFactor?: number
}

export interface ReadKneeOptions extends Pick<ReadLoadOptions, 'pools' | 'processes'> {
  readonly from: number
  readonly upTo: number
  readonly factor: number
  readonly precision: number
  readonly latencyFactor: number
  readonly schedule: (ratePerSecond: number) => Schedule
}

const OPTIONS = [
  ...['from', 'upTo', 'stepFor', 'factor', 'precision', 'latencyFactor'],
  ...['arrivals', 'seed', 'timeoutMs', 'maxInFlight', 'pools', 'processes'],
]
const WARM_UP_SHARE = 5
const LEAST_REQUESTS = 20

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function readKneeOptions(options: FindKneeOptions): ReadKneeOptions {
  if (typeof options !== 'object' || options === null) throw wrongOption('findKnee()', 'options such as { from: 20, upTo: 2000 }', options)
  checkOptionNames(options, OPTIONS, 'findKnee()')
  const [from, upTo] = [readRate(options.from, 'from'), readRate(options.upTo, 'upTo')]
  const { factor = 1.5, precision = 0.15, latencyFactor = 3 } = options
  if (!(upTo > from)) throw wrongOption('upTo', `a higher rate than from (${from}/s)`, options.upTo)
  if (!(factor > 1)) throw wrongOption('factor', 'a number above 1', factor)
  if (!(precision > 0 && precision < 1)) throw wrongOption('precision', 'a number between 0 and 1', precision)
  if (!(latencyFactor > 1)) throw wrongOption('latencyFactor', 'a number above 1', latencyFactor)
  const ms = readDuration(options.stepFor ?? '2s', 'stepFor')
  const needed = (LEAST_REQUESTS * 1000) / from
  // A p95 of fewer is their maximum.
  if (ms < needed)
    throw wrongOption('stepFor', `at least ${Math.ceil(needed)} ms, which is ${LEAST_REQUESTS} requests at ${from}/s`, `${ms} ms`)
  const traffic = readTraffic(options)
  return {
    ...readWatch(options),
    ...{ from, upTo, factor, precision, latencyFactor },
    schedule: (rate) => ({ ...traffic, model: readOpenModel(rate, options), extent: { ms }, warmUpMs: ms / WARM_UP_SHARE }),
  }
}

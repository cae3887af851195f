import type { LoadReport } from '../../load/load-report.js'
import { formatNumber, percent, perSecond } from '../../load/load-words.js'
import { errorLines, saturationText, shareLines } from '../../load/print-load.js'
import { HotbedError } from '../../primitives/error.js'
import { wrongOption } from '../../primitives/options.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readLoad } from './read-load.js'
import { readThresholdValue } from './threshold-values.js'

/**
 * Bounds by what they bound, in k6's syntax: `{ 'p(95)': '<200', 'errors.rate': '<0.01' }`. Times are milliseconds, rates and shares 0 to 1; several bounds
 * of one thing are a list.
 *
 * - `p(95)` and any other percentile, `min`, `avg`, `med`, `max`: the latency of all requests; with `succeeded.` of those that succeeded
 * - `errors.rate`, `errors.count`, `dropped`, `unsettled`, `backlog` (under way at the end), `rate` (succeeded a second)
 * - `postgres.` and `redis.` with a percentile and the like: the time on the wire of one statement or command; with `share`: of the time of all
 *   requests; with `connections`: at most at a time; with `errors`
 * - `postgres.statements`, `redis.commands`, `redis.hitRatio`
 * - with the option `pools`: `pool.share`, `pool.wait` (on average), `pool.waiting` (at most)
 * - `eventLoop.utilization` of this process, `cpu` (cores of all processes that were watched)
 */
export type Thresholds = Readonly<Record<string, string | readonly string[]>>

const EXPRESSION = /^(<=|>=|<|>|===?|!=) *(\d+(?:\.\d+)?)$/
const SHOWN_ERRORS = 3

/**
 * Passes when every bound holds.
 *
 * A percentile needs as many values as tell it from the maximum, `1 / (1 - p / 100)`: 20 for `p(95)`, 100 for `p(99)`; ten times as many are advised,
 * so that ten lie beyond it. With fewer it is refused.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no report of a load, or cannot tell one of the values
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a key or a bound that is none
 */
export function toMeetThresholds(received: unknown, thresholds: Thresholds): MatcherVerdict {
  const report = readLoad(received, 'toMeetThresholds')
  const judged = readBounds(thresholds).map(({ key, text, holds }) => {
    const value = readThresholdValue(report, key)
    return { key, text, value, isMet: holds(value) }
  })
  const missed = judged.filter(({ isMet }) => !isMet)
  const width = Math.max(...judged.map(({ key, text }) => `${key} ${text}`.length))
  const lines = (): readonly string[] => [
    ...judged.map(({ key, text, value, isMet }) => `  ${isMet ? '✓' : '✗'} ${`${key} ${text}`.padEnd(width)}  ${format(value)}`),
    ...evidenceLines(report),
  ]
  return makeVerdict(
    missed.length === 0,
    () => [`${missed.length} of ${judged.length} thresholds ${missed.length === 1 ? 'is' : 'are'} missed ${when(report)}.`, ...lines()],
    () => [
      `${judged.length === 1 ? 'The threshold is' : `All ${judged.length} thresholds are`} met ${when(report)}, expected at least one to be missed.`,
      ...lines(),
    ],
  )
}

interface Bound {
  readonly key: string
  readonly text: string
  readonly holds: (value: number) => boolean
}

function readBounds(thresholds: unknown): readonly Bound[] {
  if (typeof thresholds !== 'object' || thresholds === null || Array.isArray(thresholds))
    throw wrongOption('thresholds', "an object such as { 'p(95)': '<200' }", thresholds)
  const bounds = Object.entries(thresholds).flatMap(([key, texts]: [string, unknown]) =>
    (Array.isArray(texts) ? texts : [texts]).map((text: unknown) => readBound(key, text)),
  )
  if (bounds.length > 0) return bounds
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: 'toMeetThresholds() was given no threshold.',
    remedy: "Write { 'p(95)': '<200' }.",
  })
}

function readBound(key: string, text: unknown): Bound {
  const match = typeof text === 'string' ? EXPRESSION.exec(text.trim()) : null
  if (match === null) throw wrongOption(key, "a comparison with a number, such as '<200' or '>=0.5'", text)
  const [, operator = '', number = ''] = match
  const bound = Number(number)
  return { key, text: `${operator}${number}`, holds: (value) => compare(value, operator, bound) }
}

function compare(value: number, operator: string, bound: number): boolean {
  switch (operator) {
    case '<':
      return value < bound
    case '<=':
      return value <= bound
    case '>':
      return value > bound
    case '>=':
      return value >= bound
    case '!=':
      return value !== bound
    default:
      return value === bound
  }
}

function when({ model, counts }: LoadReport): string {
  const how = model.kind === 'open' ? `at ${perSecond(model.ratePerSecond)}` : `with ${formatNumber(model.users)} users`
  return `${how}, of ${formatNumber(counts.scheduled)} requests`
}

/** Where the time went, and what failed. */
function evidenceLines(report: LoadReport): readonly string[] {
  const { eventLoop, errors, generator, connectionsSeen } = report
  const isHidden = (report.postgres ?? report.redis) !== undefined && connectionsSeen === 0
  return [
    '  Where the time went:',
    ...(isHidden ? ['  stores      not known: no connection of the application has come through the tap'] : shareLines(report)),
    `  event loop  ${percent(eventLoop.utilization)} busy${eventLoop.delay === undefined ? '' : `, late by up to ${eventLoop.delay.maxMs.toFixed(1)} ms`}`,
    ...errorLines(errors, SHOWN_ERRORS),
    ...(generator.isSaturated ? [saturationText(report)] : []),
  ]
}

function format(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 1 ? 4 : value < 100 ? 2 : 0 })
}

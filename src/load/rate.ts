import { wrongOption } from '../primitives/options.js'

/** Requests a second: a number, or a text with its unit: `'350/s'`, `'4000/min'`, `'90/h'`. */
export type Rate = number | string

const PER_SECOND: Readonly<Record<string, number>> = { s: 1, sec: 1, second: 1, m: 60, min: 60, minute: 60, h: 3600, hour: 3600 }

/**
 * Requests a second; `option` is its name in messages.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for 0, less, or what is no rate
 */
export function readRate(rate: unknown, option: string): number {
  const match = typeof rate === 'string' ? /^(\d+(?:\.\d+)?) ?\/ ?(\w+)$/.exec(rate.trim()) : null
  const seconds = PER_SECOND[match?.[2] ?? '']
  const perSecond = typeof rate === 'number' ? rate : match !== null && seconds !== undefined ? Number(match[1]) / seconds : Number.NaN
  if (Number.isFinite(perSecond) && perSecond > 0) return perSecond
  throw wrongOption(option, "a number of requests a second above 0, or a text such as '350/s' or '4000/min'", rate)
}

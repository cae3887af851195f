import { wrongArgument } from './argument.js'

/** A point in time: milliseconds since 1970, a Date, or ISO 8601 (without a zone: UTC, so that no machine reads it differently). */
export type Moment = number | Date | string

/** ISO 8601 with an hour but without a zone, which `Date.parse` would read as local time. */
const ZONELESS = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/

/** Milliseconds since 1970, or `undefined` for what is no time. */
export function readMoment(moment: unknown): number | undefined {
  const ms =
    typeof moment === 'number'
      ? moment
      : moment instanceof Date
        ? moment.getTime()
        : typeof moment === 'string'
          ? parseIso(moment)
          : Number.NaN
  return Number.isFinite(ms) ? ms : undefined
}

export function checkMoment(generator: string, argument: string, moment: Moment): number {
  const ms = readMoment(moment)
  if (ms === undefined)
    throw wrongArgument(generator, argument, 'a Date, milliseconds since 1970, or ISO 8601 such as "2025-01-01T00:00:00Z"', moment)
  return ms
}

function parseIso(text: string): number {
  return Date.parse(ZONELESS.test(text) ? `${text.replace(' ', 'T')}Z` : text)
}

import { clockText, dateText, daysFromDate } from '../../primitives/calendar.js'

/** A type whose values lie on a line, so that they can go on in the same direction. Times are microseconds since 1970. */
export interface ValueLine {
  /** `undefined` for what has no place on it, such as infinity. */
  readonly read: (text: string) => number | undefined
  /** What is beyond the ends of the type becomes its last value. */
  readonly write: (place: number) => string
  /** The places of the first and the last value of the type. */
  readonly ends: readonly [number, number]
  readonly isTime: boolean
}

/** Of `format_type`. Values are read and written as the session has them: ISO dates in UTC. */
export function valueLine(type: string): ValueLine | undefined {
  return LINES[type]
}

const DAY_US = 86_400_000_000
/** Times begin in 4713 BC; timestamps end with the year 294,276 and dates with 5,874,897 (PostgreSQL manual, "Date/Time Types"). */
const FIRST_US = daysFromDate(-4712, 1, 1) * DAY_US
const LAST_TIMESTAMP_US = daysFromDate(294_277, 1, 1) * DAY_US - 1_000_000
const LAST_DATE_US = daysFromDate(5_874_897, 12, 31) * DAY_US

const LINES: Readonly<Record<string, ValueLine>> = {
  smallint: wholeLine(-32_768, 32_767),
  integer: wholeLine(-2_147_483_648, 2_147_483_647),
  bigint: wholeLine(-9_223_372_036_854_774_784, 9_223_372_036_854_774_784),
  oid: wholeLine(0, 4_294_967_295),
  numeric: fractionLine(1.79e308),
  real: fractionLine(3.4e38),
  'double precision': fractionLine(1.79e308),
  date: timeLine(LAST_DATE_US, writeDate),
  'timestamp without time zone': timeLine(LAST_TIMESTAMP_US, (place) => writeTime(place, '')),
  'timestamp with time zone': timeLine(LAST_TIMESTAMP_US, (place) => writeTime(place, '+00')),
}

function line(ends: readonly [number, number], { read, write, isTime }: Omit<ValueLine, 'ends'>): ValueLine {
  return { read, write: (place) => write(Math.min(ends[1], Math.max(ends[0], place))), ends, isTime }
}

function wholeLine(least: number, most: number): ValueLine {
  return line([least, most], { read: readFinite, write: (place) => BigInt(Math.round(place)).toString(), isTime: false })
}

/** Without the digits that multiplying leaves behind. */
function fractionLine(most: number): ValueLine {
  const write = (place: number): string => String(Number(place.toPrecision(15)))
  return line([-most, most], { read: readFinite, write, isTime: false })
}

function timeLine(last: number, write: (place: number) => string): ValueLine {
  return line([FIRST_US, last], { read: readTime, write, isTime: true })
}

function readFinite(text: string): number | undefined {
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** `2024-02-01`, `2024-02-01 10:00:00.25`, with `+00` or `BC` behind it or not. */
const TIME = /^(\d{4,})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:\+00)?)?( BC)?$/

function readTime(text: string): number | undefined {
  const found = TIME.exec(text)
  if (found === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map((part) => Number(part ?? 0))
  const us = ((hour * 60 + minute) * 60 + second) * 1_000_000 + Number((found[7] ?? '').padEnd(6, '0').slice(0, 6))
  return daysFromDate(found[8] === undefined ? year : 1 - year, month, day) * DAY_US + us
}

function writeDate(place: number): string {
  // So far away a number does not hold every microsecond.
  const { day, era } = dateText(Math.floor(place / DAY_US + 1e-6))
  return `${day}${era}`
}

function writeTime(place: number, zone: string): string {
  const us = Math.round(place)
  const days = Math.floor(us / DAY_US)
  const { day, era } = dateText(days)
  return `${day} ${clockText(us - days * DAY_US)}${zone}${era}`
}

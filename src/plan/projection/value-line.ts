/** A type whose values lie on a line, so that they can go on in the same direction. Times are microseconds since 1970. */
export interface ValueLine {
  /** `undefined` for what has no place on it, such as infinity. */
  readonly read: (text: string) => number | undefined
  readonly write: (place: number) => string
  readonly isTime: boolean
}

/** Of `format_type`. Values are read and written as the session has them: ISO dates in UTC. */
export function valueLine(type: string): ValueLine | undefined {
  return LINES[type]
}

const DAY_US = 86_400_000_000
/** What a JavaScript date can hold: the year 275,760. */
const LAST_US = 8.64e18
/** The year 1: before it years are written otherwise. */
const FIRST_US = -62_135_596_800_000_000

const LINES: Readonly<Record<string, ValueLine>> = {
  smallint: wholeLine(-32_768, 32_767),
  integer: wholeLine(-2_147_483_648, 2_147_483_647),
  bigint: wholeLine(-9_223_372_036_854_774_784, 9_223_372_036_854_774_784),
  oid: wholeLine(0, 4_294_967_295),
  numeric: { read: readFinite, write: (place) => plain(place), isTime: false },
  real: { read: readFinite, write: (place) => plain(place), isTime: false },
  'double precision': { read: readFinite, write: (place) => plain(place), isTime: false },
  date: { read: readTime, write: (place) => writeTime(Math.floor(place / DAY_US) * DAY_US).slice(0, -16), isTime: true },
  'timestamp without time zone': { read: readTime, write: writeTime, isTime: true },
  'timestamp with time zone': { read: readTime, write: (place) => `${writeTime(place)}+00`, isTime: true },
}

function wholeLine(least: number, most: number): ValueLine {
  return { read: readFinite, write: (place) => BigInt(Math.min(most, Math.max(least, Math.round(place)))).toString(), isTime: false }
}

function readFinite(text: string): number | undefined {
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** `2024-02-01`, `2024-02-01 10:00:00.25`, with `+00` behind it or not. */
const TIME = /^(\d{4,6})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:\+00)?)?$/

function readTime(text: string): number | undefined {
  const found = TIME.exec(text)
  if (found === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map((part) => Number(part ?? 0))
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  return date.getTime() * 1000 + Number((found[7] ?? '').padEnd(6, '0').slice(0, 6))
}

function writeTime(place: number): string {
  const us = Math.round(Math.min(LAST_US, Math.max(FIRST_US, place)))
  const second = Math.floor(us / 1_000_000)
  const date = new Date(second * 1000)
  const two = (part: number): string => String(part).padStart(2, '0')
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  const day = `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
  return `${day} ${clock}.${String(us - second * 1_000_000).padStart(6, '0')}`
}

/** Without an exponent, which not every type reads. */
function plain(place: number): string {
  return place.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 6 })
}

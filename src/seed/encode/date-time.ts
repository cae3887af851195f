import { readMoment } from '../generators/moment.js'
import { unfit, writeInt32, writeInt64, type ValueCodec, type ValueWriter } from './value-writer.js'

const DAY_MS = 86_400_000
/** 2000-01-01 in milliseconds since 1970: where Postgres counts from. */
const Y2K_MS = 946_684_800_000
const DAY_US = DAY_MS * 1000
const MOMENT = "milliseconds since 1970, a Date, or ISO 8601 such as '2025-01-01T00:00:00Z', from 4713 BC to the year 294276"
const DAY = "a day from 4713 BC to 5874897: '2025-01-31', a Date, or milliseconds since 1970"
/** Days since 2000-01-01, and where timestamps end in microseconds since then (PostgreSQL sources, datatype/timestamp.h). */
const FIRST_DAY = -2_451_545
const LAST_DAY = 2_145_031_948
const LAST_TIMESTAMP_US = 9_223_371_331_199_999_999n
const CLOCK = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i

export const timestamp: ValueCodec = {
  types: ['timestamp', 'timestamptz'],
  createValueWriter: () => (target, at, value) => {
    if (at + 8 > target.length) return -1
    if (typeof value === 'number') {
      const us = Math.round(value * 1000) - Y2K_MS * 1000
      return Number.isSafeInteger(us) ? writeInt64(target, at, us) : writeFar(target, at, value)
    }
    const infinity = writeInfinity64(target, at, value)
    if (infinity !== undefined) return infinity
    const us = microseconds(value) - Y2K_MS * 1000
    return Number.isSafeInteger(us) ? writeInt64(target, at, us) : writeFar(target, at, readMoment(value) ?? Number.NaN)
  },
}

export const date: ValueCodec = {
  types: ['date'],
  createValueWriter: () => (target, at, value) => {
    if (at + 4 > target.length) return -1
    if (value === 'infinity') return writeInt32(target, at, 0x7fffffff)
    if (value === '-infinity') return writeInt32(target, at, -0x80000000)
    const ms = readMoment(value)
    if (ms === undefined) throw unfit(DAY)
    const days = Math.floor((ms - Y2K_MS) / DAY_MS)
    if (days < FIRST_DAY || days > LAST_DAY) throw unfit(DAY)
    return writeInt32(target, at, days)
  },
}

export const time: ValueCodec = {
  types: ['time'],
  createValueWriter: () => (target, at, value) => (at + 8 > target.length ? -1 : writeInt64(target, at, clock(value).us)),
}

export const timetz: ValueCodec = {
  types: ['timetz'],
  createValueWriter: (): ValueWriter => (target, at, value) => {
    if (at + 12 > target.length) return -1
    const { us, offsetSeconds } = clock(value)
    // Counted westwards.
    return writeInt32(target, writeInt64(target, at, us), -offsetSeconds)
  },
}

/** Before 1715 and after 2285, where a number does not hold every microsecond. */
function writeFar(target: Buffer, at: number, ms: number): number {
  if (!Number.isFinite(ms)) throw unfit(MOMENT)
  const whole = Math.floor(ms)
  const us = BigInt(whole - Y2K_MS) * 1000n + BigInt(Math.round((ms - whole) * 1000))
  if (us < BigInt(FIRST_DAY) * BigInt(DAY_US) || us > LAST_TIMESTAMP_US) throw unfit(MOMENT)
  return target.writeBigInt64BE(us, at)
}

function writeInfinity64(target: Buffer, at: number, value: unknown): number | undefined {
  if (value !== 'infinity' && value !== '-infinity') return undefined
  return target.writeBigInt64BE(value === 'infinity' ? 2n ** 63n - 1n : -(2n ** 63n), at)
}

/** Of a Date or a text; digits behind the millisecond are kept, which Date drops. */
function microseconds(value: unknown): number {
  const ms = readMoment(value)
  if (ms === undefined) throw unfit(MOMENT)
  const digits = typeof value === 'string' ? /:\d{2}\.\d{3}(\d{1,3})/.exec(value)?.[1] : undefined
  return Math.floor(ms) * 1000 + Number((digits ?? '').padEnd(3, '0'))
}

/** The time of a day, of a text or of a moment (UTC). */
function clock(value: unknown): { readonly us: number; readonly offsetSeconds: number } {
  const parts = typeof value === 'string' ? CLOCK.exec(value.trim()) : null
  if (parts !== null) {
    const [, hours, minutes, seconds = '0', fraction = '', zone = 'Z'] = parts
    const us = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000_000 + Number(fraction.padEnd(6, '0'))
    if (us > DAY_US || Number(minutes) > 59 || Number(seconds) > 60) throw unfit("a time of day such as '23:59:59'")
    const [, sign = '+', hour = '0', minute = '0'] = /([+-])(\d{2}):?(\d{2})?/.exec(zone) ?? []
    return { us, offsetSeconds: (sign === '-' ? -1 : 1) * (Number(hour) * 3600 + Number(minute) * 60) }
  }
  const ms = typeof value === 'string' && !value.includes('-') ? undefined : readMoment(value)
  if (ms === undefined) throw unfit("a time of day such as '23:59:59', a Date, or milliseconds since 1970")
  const us = Math.round(ms * 1000)
  return { us: us - Math.floor(us / DAY_US) * DAY_US, offsetSeconds: 0 }
}

import { unfit, writeInt32, writeInt64, type ValueCodec } from './value-writer.js'

/** Months, days and time are kept apart, as Postgres does: a day is not always 24 hours. */
export interface IntervalParts {
  readonly years?: number
  readonly months?: number
  readonly weeks?: number
  readonly days?: number
  readonly hours?: number
  readonly minutes?: number
  readonly seconds?: number
  readonly milliseconds?: number
}

const EXPECTED = "milliseconds, { days: 3, hours: 2 }, or a text such as 'P3DT2H' or '3 days 02:00:00'"
const ISO = /^P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+(?:\.\d+)?)S)?)?$/
const UNITS: Readonly<Record<string, keyof IntervalParts>> = {
  year: 'years',
  mon: 'months',
  month: 'months',
  week: 'weeks',
  day: 'days',
  hour: 'hours',
  minute: 'minutes',
  min: 'minutes',
  second: 'seconds',
  sec: 'seconds',
  millisecond: 'milliseconds',
}

export const interval: ValueCodec = {
  types: ['interval'],
  createValueWriter: () => (target, at, value) => {
    if (at + 16 > target.length) return -1
    const parts = partsOf(value)
    const part = (name: keyof IntervalParts): number => parts[name] ?? 0
    const us = Math.round((part('hours') * 3600 + part('minutes') * 60 + part('seconds')) * 1_000_000 + part('milliseconds') * 1000)
    const days = part('weeks') * 7 + part('days')
    const months = part('years') * 12 + part('months')
    if (!Number.isSafeInteger(us) || (days | 0) !== days || (months | 0) !== months) throw unfit(EXPECTED)
    return writeInt32(target, writeInt32(target, writeInt64(target, at, us), days), months)
  },
}

function partsOf(value: unknown): IntervalParts {
  if (typeof value === 'number') return { milliseconds: value }
  if (typeof value === 'string') return fromText(value.trim())
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(EXPECTED)
  const names: readonly string[] = ['weeks', ...Object.values(UNITS)]
  for (const [name, amount] of Object.entries(value)) if (!names.includes(name) || typeof amount !== 'number') throw unfit(EXPECTED)
  return value
}

function fromText(text: string): IntervalParts {
  const iso = ISO.exec(text)
  if (iso !== null && text.length > 1) {
    const [years, months, weeks, days, hours, minutes, seconds] = iso.slice(1).map((part) => Number(part ?? 0))
    return {
      years: years ?? 0,
      months: months ?? 0,
      weeks: weeks ?? 0,
      days: days ?? 0,
      hours: hours ?? 0,
      minutes: minutes ?? 0,
      seconds: seconds ?? 0,
    }
  }
  const parts: { -readonly [Name in keyof IntervalParts]: number } = {}
  const rest = text.replaceAll(/(-?\d+(?:\.\d+)?)\s*([a-z]+)/g, (whole, amount: string, unit: string) => {
    const name = UNITS[unit.replace(/s$/, '')]
    if (name === undefined) return whole
    parts[name] = Number(amount)
    return ''
  })
  const clock = /^\s*(?:(-?)(\d+):(\d{2})(?::(\d{2}(?:\.\d+)?))?)?\s*$/.exec(rest)
  if (clock === null || text === '') throw unfit(EXPECTED)
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = clock
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
  return { ...parts, milliseconds: (parts.milliseconds ?? 0) + (sign === '-' ? -ms : ms) }
}

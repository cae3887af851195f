import { unfit, writeInt16, type TypeLimits, type ValueCodec, type ValueWriter } from './value-writer.js'

const POSITIVE = 0x0000
const NEGATIVE = 0x4000
const SPECIAL: Readonly<Record<string, number>> = { nan: 0xc000, infinity: 0xd000, '+infinity': 0xd000, '-infinity': 0xf000 }
const HEADER_BYTES = 8
/** Scaled integers below it are exact, with room for one rounding. */
const MAX_EXACT = 2 ** 52
const MAX_FAST_SCALE = 12

export const numeric: ValueCodec = { types: ['numeric'], createValueWriter: createNumericWriter }

function createNumericWriter({ precision, scale }: TypeLimits): ValueWriter {
  const limit = precision === undefined ? Infinity : 10 ** (precision - (scale ?? 0))
  const fastScale = precision === undefined ? 0 : (scale ?? 0)
  const isFast = fastScale >= 0 && fastScale <= MAX_FAST_SCALE
  const unit = 10 ** fastScale
  const fractionGroups = Math.ceil(fastScale / 4)
  const fractionUnit = 10 ** (fractionGroups * 4 - fastScale)
  return (target, at, value) => {
    if (typeof value === 'number' && isFast) {
      const magnitude = Math.abs(value)
      const scaled = Math.round(magnitude * unit)
      // Without a scale every digit counts: whole numbers only.
      if (scaled < MAX_EXACT && (precision !== undefined || scaled === magnitude)) {
        const whole = Math.floor(scaled / unit)
        if (whole >= limit) throw tooLarge(precision, scale)
        return writeScaled(target, at, value < 0, whole, (scaled - whole * unit) * fractionUnit, fractionGroups, fastScale)
      }
    }
    return writeText(target, at, textOf(value), limit, precision, scale)
  }
}

/** Digits of base 10,000 on both sides of the point. The server strips zeros itself. */
function writeScaled(
  target: Buffer,
  at: number,
  isNegative: boolean,
  whole: number,
  fraction: number,
  fractionGroups: number,
  scale: number,
): number {
  let wholeGroups = 0
  for (let rest = whole; rest > 0; rest = Math.floor(rest / 10_000)) wholeGroups += 1
  const end = at + HEADER_BYTES + (wholeGroups + fractionGroups) * 2
  if (end > target.length) return -1
  writeHeader(target, at, wholeGroups + fractionGroups, wholeGroups - 1, isNegative ? NEGATIVE : POSITIVE, scale)
  let place = at + HEADER_BYTES + wholeGroups * 2
  for (let rest = whole; rest > 0;) {
    const next = Math.floor(rest / 10_000)
    writeInt16(target, (place -= 2), rest - next * 10_000)
    rest = next
  }
  place = end
  for (let group = 0, rest = fraction; group < fractionGroups; group += 1) {
    const next = Math.floor(rest / 10_000)
    writeInt16(target, (place -= 2), rest - next * 10_000)
    rest = next
  }
  return end
}

function writeText(
  target: Buffer,
  at: number,
  text: string,
  limit: number,
  precision: number | undefined,
  scale: number | undefined,
): number {
  const special = SPECIAL[text.toLowerCase()]
  if (special !== undefined) {
    if (special !== 0xc000 && precision !== undefined) throw unfit(`finite, which numeric(${precision},${scale ?? 0}) demands`)
    return at + HEADER_BYTES > target.length ? -1 : writeHeader(target, at, 0, 0, special, 0)
  }
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text)
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = parts ?? []
  if (parts === null || whole.length + fraction.length === 0) throw unfit('a number, a bigint or the text of a decimal')
  const exponent = Number(exponentText)
  if (Math.abs(exponent) > 20_000) throw unfit('a number of at most 131072 digits')
  const digits = whole + fraction
  const point = whole.length + exponent
  const before = point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0').replace(/^0+/, '')
  const after = point < 0 ? '0'.repeat(-point) + digits : digits.slice(point)
  if (before.length > 131_072 || after.length > 16_383) throw unfit('a number of at most 131072 digits before the point and 16383 behind')
  if (precision !== undefined && before.length > Math.max(0, precision - (scale ?? 0)) && Number(before) >= limit)
    throw tooLarge(precision, scale)
  const padded = before.padStart(Math.ceil(before.length / 4) * 4, '0') + after.padEnd(Math.ceil(after.length / 4) * 4, '0')
  const groups = padded.length / 4
  const end = at + HEADER_BYTES + groups * 2
  if (end > target.length) return -1
  let place = writeHeader(target, at, groups, Math.ceil(before.length / 4) - 1, sign === '-' ? NEGATIVE : POSITIVE, after.length)
  for (let group = 0; group < groups; group += 1) place = writeInt16(target, place, Number(padded.slice(group * 4, group * 4 + 4)))
  return end
}

function writeHeader(target: Buffer, at: number, groups: number, weight: number, sign: number, scale: number): number {
  writeInt16(target, at, groups)
  writeInt16(target, at + 2, weight)
  writeInt16(target, at + 4, sign)
  return writeInt16(target, at + 6, scale)
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw unfit("a number, a bigint or the text of a decimal (NaN and the infinities are written as text: 'NaN', 'Infinity')")
}

function tooLarge(precision: number | undefined, scale: number | undefined): Error {
  return unfit(`below 10^${(precision ?? 0) - (scale ?? 0)}`)
}

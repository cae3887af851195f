import { unfit, type ValueCodec } from './value-writer.js'

/** NaN and the infinities count only where they are written as text: as numbers they are nearly always a slip in the generator. */
const SPECIAL: Readonly<Record<string, number>> = { nan: Number.NaN, infinity: Infinity, '-infinity': -Infinity }

export const float8: ValueCodec = {
  types: ['float8'],
  createValueWriter: () => (target, at, value) => (at + 8 > target.length ? -1 : target.writeDoubleBE(toFloat(value), at)),
}

export const float4: ValueCodec = {
  types: ['float4'],
  createValueWriter: () => (target, at, value) => {
    const number = toFloat(value)
    if (Number.isFinite(number) && !Number.isFinite(Math.fround(number))) throw unfit('a number up to 3.4e38')
    return at + 4 > target.length ? -1 : target.writeFloatBE(number, at)
  },
}

/** @throws {UnfitValue} */
export function toFloat(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string' && value.trim() !== '') {
    const number = SPECIAL[value.trim().toLowerCase()] ?? Number(value)
    if (!Number.isNaN(number) || value.trim().toLowerCase() === 'nan') return number
  }
  throw unfit("a finite number (NaN and the infinities are written as text: 'NaN', 'Infinity')")
}

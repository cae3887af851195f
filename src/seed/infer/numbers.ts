import { baseType } from '../base-type.js'
import type { Generator } from '../generator.js'
import { permutationOf } from '../generators/order-key.js'
import type { ColumnSchema } from '../schema.js'
import { domainTooSmall, inferred, limitsSpec, type InferenceTarget } from './inferred.js'

const WHOLE: Readonly<Record<string, number>> = { int2: 32_767, int4: 2_147_483_647, int8: Number.MAX_SAFE_INTEGER, oid: 2_147_483_647 }
const FRACTIONS = ['numeric', 'float4', 'float8', 'money']

/** What columns of such a name usually hold. */
const USUAL: readonly (readonly [name: RegExp, min: number, max: number, isSkewed?: boolean])[] = [
  [/cents?$/, 100, 100_000, true],
  [/(^|_)(price|amount|total|subtotal|cost|fee|balance|revenue|value)(_|$)/, 1, 1000, true],
  [/(^|_)salary(_|$)/, 20_000, 150_000, true],
  [/(^|_)(quantity|qty)(_|$)/, 1, 10, true],
  [/(^|_)age(_|$)/, 18, 90],
  [/(^|_)(rating|stars)(_|$)/, 1, 5],
  [/(^|_)year(_|$)/, 2000, 2025],
  [/(^|_)month(_|$)/, 1, 12],
  [/(^|_)day(_|$)/, 1, 28],
  [/(^|_)(percent|percentage|pct)(_|$)/, 0, 100],
  [/(^|_)lat(itude)?$/, -90, 90],
  [/(^|_)(lng|lon|long|longitude)$/, -180, 180],
  [/(^|_)port$/, 1024, 65_535],
  [/(^|_)(rate|ratio|share|discount)(_|$)/, 0, 1],
  [/(^|_)(version|revision|attempts?|retries)(_|$)/, 1, 5, true],
]

/** Numbers on an even grid: `first / unit` to `last / unit`. */
export interface NumberRange {
  readonly first: number
  readonly last: number
  readonly unit: number
  readonly isSkewed: boolean
  readonly isBounded: boolean
}

export function isNumberType(column: ColumnSchema): boolean {
  const { name } = baseType(column.type)
  return name in WHOLE || FRACTIONS.includes(name)
}

export function isWholeType(column: ColumnSchema): boolean {
  return baseType(column.type).name in WHOLE
}

/** The range that type, CHECKs and name leave; empty (`last < first`) when they contradict each other. */
export function numberRange({ column, limits }: Pick<InferenceTarget, 'column' | 'limits'>): NumberRange {
  const { name } = baseType(column.type)
  const whole = WHOLE[name]
  const decimals = whole === undefined ? Math.min(column.scale ?? 2, 6) : 0
  const unit = 10 ** Math.max(0, decimals)
  const digits = column.precision === undefined ? 15 : Math.min(15, column.precision)
  const most = whole ?? (name === 'numeric' ? (10 ** digits - 1) / 10 ** (column.scale ?? 0) : name === 'float4' ? 1e5 : 1e9)
  const low = limitOf(limits.min)
  const high = limitOf(limits.max)
  const usual = USUAL.find(([pattern]) => pattern.test(column.name.toLowerCase()))
  let [min, max] = usual === undefined ? [0, 1000] : [usual[1], usual[2]]
  if (low !== undefined && min < low) [min, max] = [low, Math.max(max, low + 1000)]
  if (low !== undefined && high !== undefined) [min, max] = [Math.max(low, Math.min(min, high)), high]
  else if (high !== undefined && max > high) [min, max] = [Math.min(min, high - 1000 < 0 && high >= 0 ? 0 : high - 1000), high]
  max = Math.min(max, most)
  min = Math.max(Math.min(min, max), low ?? -most)
  let first = Math.ceil(round(min * unit))
  let last = Math.floor(round(max * unit))
  if (limits.min?.isExclusive === true && first <= round(Number(low) * unit)) first = Math.floor(round(Number(low) * unit)) + 1
  if (limits.max?.isExclusive === true && last >= round(Number(high) * unit)) last = Math.ceil(round(Number(high) * unit)) - 1
  return { first, last, unit, isSkewed: usual?.[3] ?? false, isBounded: low !== undefined && high !== undefined }
}

/** Products of decimals end in …9999. */
function round(value: number): number {
  return Number(value.toPrecision(15))
}

function limitOf(limit: InferenceTarget['limits']['min']): number | undefined {
  const value = limit === undefined ? Number.NaN : Number(limit.value)
  return Number.isNaN(value) ? undefined : value
}

export function inferNumber(target: InferenceTarget): Generator<number> {
  const { column, limits, isUnique } = target
  if (isUnique) return inferUniqueNumber(target)
  const { first, last, unit, isSkewed } = numberRange(target)
  const size = last - first + 1
  const refused = new Set((limits.refused ?? []).map(Number))
  return inferred('number', [first, last, unit, isSkewed, limitsSpec(limits), column.name], ({ draws }) => ({
    at: (row) => {
      const share = draws.unit(row)
      const value = first + Math.floor((isSkewed ? share * share : share) * size)
      return refused.has(value / unit) ? (value < last ? value + 1 : first) / unit : value / unit
    },
    distinct: size,
  }))
}

/** In row order, after what is there; a bounded range is dealt out in a drawn order. */
export function inferUniqueNumber({ table, column, limits, rows }: InferenceTarget): Generator<number> {
  const range = numberRange({ column, limits })
  const step = column.sequence?.increment ?? 1
  const low = Math.max(limitOf(limits.min) ?? -Infinity, 1)
  const lowest = limits.min?.isExclusive === true && low === limitOf(limits.min) ? low + 1 : low
  const begin = column.existingMax === undefined ? (column.sequence?.start ?? lowest) : column.existingMax + step
  const high = limitOf(limits.max)
  const { precision, scale = 0 } = column
  const typeMost = WHOLE[baseType(column.type).name] ?? (precision === undefined ? 2 ** 53 : 10 ** (precision - scale) - 1)
  const most = Math.min(typeMost, high === undefined ? Infinity : limits.max?.isExclusive === true ? high - 1 : high)
  if (begin + (rows - 1) * step <= most) {
    return inferred('sequence', [begin, step], ({ rows: count }) => ({
      at: (row) => begin + row * step,
      distinct: count,
      isUnique: true,
      isSorted: step > 0,
    }))
  }
  const size = range.last - range.first + 1
  if (rows > size || table.existingRows > 0) throw domainTooSmall(table, [column.name], rows, Math.max(0, Math.min(size, most - begin + 1)))
  return inferred('unique number', [range.first, range.last, range.unit], ({ draws }) => {
    const permutation = permutationOf(draws, size)
    return { at: (row) => (range.first + permutation(row)) / range.unit, distinct: size, isUnique: true }
  })
}

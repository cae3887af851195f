import { baseType } from '../base-type.js'
import type { Draws, Generator } from '../generator.js'
import type { ColumnSchema, TypeSchema } from '../schema.js'
import { inferred, notInferable, type InferenceTarget } from './inferred.js'
import { WORDS } from '../generators/words.js'

const DAY = 86_400_000

/** Values by type for what is neither number, text nor time. Those written as text are what the type's input function reads. */
const BY_TYPE: Readonly<Record<string, (row: number, draws: Draws, column: ColumnSchema, epochMs: number) => unknown>> = {
  bool: (row, draws, column) =>
    draws.unit(row) < (/^(is_)?(deleted|archived|disabled|blocked|banned|hidden|test)/.test(column.name) ? 0.05 : 0.5),
  uuid,
  json: (row, draws) => ({ key: WORDS[draws.below(row, 50, 1)], value: draws.below(row, 1000, 2) }),
  jsonb: (row, draws) => ({ key: WORDS[draws.below(row, 50, 1)], value: draws.below(row, 1000, 2) }),
  bytea: (row, draws) => {
    const bytes = Buffer.alloc(16)
    for (let i = 0; i < 4; i += 1) bytes.writeUInt32BE(draws.bits(row, i) >>> 0, i * 4)
    return bytes
  },
  inet: (row, draws) => `10.${draws.below(row, 256, 1)}.${draws.below(row, 256, 2)}.${draws.below(row, 256, 3)}`,
  cidr: (row, draws) => `10.${draws.below(row, 256, 1)}.${draws.below(row, 256, 2)}.0/24`,
  macaddr: (row, draws) =>
    Array.from({ length: 6 }, (_, i) => hex(draws.below(row, i === 0 ? 128 : 256, i) & (i === 0 ? 0xfe : 0xff), 2)).join(':'),
  macaddr8: (row, draws) =>
    Array.from({ length: 8 }, (_, i) => hex(draws.below(row, i === 0 ? 128 : 256, i) & (i === 0 ? 0xfe : 0xff), 2)).join(':'),
  time: (row, draws) => clock(draws.below(row, 86_400)),
  timetz: (row, draws) => `${clock(draws.below(row, 86_400))}+00`,
  interval: (row, draws) => `${draws.below(row, 30, 1)} days ${clock(draws.below(row, 86_400, 2))}`,
  bit: (row, draws, column) => bits(row, draws, column.length ?? 1),
  varbit: (row, draws, column) => bits(row, draws, Math.min(column.length ?? 8, 64)),
  point: (row, draws) => [draws.below(row, 1000, 1), draws.below(row, 1000, 2)],
  xml: (row, draws) => `<value>${draws.below(row, 1000)}</value>`,
  tsvector: (row, draws) => `'${WORDS[draws.below(row, WORDS.length, 1)] ?? ''}' '${WORDS[draws.below(row, WORDS.length, 2)] ?? ''}'`,
  // Disjoint and in row order, so that exclusion constraints hold.
  int4range: countedRange,
  int8range: countedRange,
  numrange: countedRange,
  daterange: (row, _draws, _column, epochMs) => [epochMs + (row % 900_000) * DAY, epochMs + ((row % 900_000) + 1) * DAY],
  tsrange: hourRange,
  tstzrange: hourRange,
}

export function uuid(row: number, draws: Draws): string {
  const text = [0, 1, 2, 3].map((draw) => hex(draws.bits(row, draw) >>> 0, 8)).join('')
  const variant = '89ab'[draws.bits(row, 4) & 3] ?? '8'
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-${variant}${text.slice(17, 20)}-${text.slice(20)}`
}

/** For enums, arrays and whatever has its own file under no other name. Types that nobody knows are NULL where that is allowed. */
export function inferOther(target: InferenceTarget): Generator {
  const { table, column } = target
  const type = baseType(column.type)
  if (type.kind === 'array' && type.of !== undefined) return inferArray(target, type.of)
  if (type.kind === 'multirange' && type.of !== undefined) {
    const range = makerOf(type.of)
    if (range !== undefined)
      return inferred('multirange', type.name, ({ draws, epochMs }) => ({ at: (row) => [range(row, draws, column, epochMs)] }))
  }
  const make = makerOf(type)
  if (make !== undefined) {
    const isUnique = type.name === 'uuid' || type.kind === 'range'
    return inferred(type.name, column.name, ({ draws, epochMs }) => ({
      at: (row) => make(row, draws, column, epochMs),
      ...(isUnique ? { isUnique } : {}),
    }))
  }
  if (!column.isNotNull) return inferred('NULL', null, () => ({ at: () => null }))
  throw notInferable(table, column, `it is NOT NULL and of type ${type.name}`, "sql('…') or derived(() => '…')")
}

function makerOf(type: TypeSchema): ((row: number, draws: Draws, column: ColumnSchema, epochMs: number) => unknown) | undefined {
  const { labels } = type
  if (labels !== undefined && labels.length > 0) return (row, draws) => labels[draws.below(row, labels.length)]
  if (/^(int2|int4|int8|oid)$/.test(type.name)) return (row, draws) => draws.below(row, 1000)
  if (/^(float4|float8|numeric|money)$/.test(type.name)) return (row, draws) => draws.below(row, 10_000) / 100
  if (/(^|\.)(text|varchar|bpchar|name|citext)$/.test(type.name)) {
    return (row, draws, column) => (WORDS[draws.below(row, WORDS.length)] ?? '').slice(0, column.length ?? 63)
  }
  if (/^(date|timestamp|timestamptz)$/.test(type.name))
    return (row, draws, _, epochMs) => Math.floor(epochMs / DAY - draws.below(row, 730)) * DAY
  return BY_TYPE[type.name]
}

function inferArray(target: InferenceTarget, element: TypeSchema): Generator {
  const { column } = target
  const make = makerOf(baseType(element))
  return inferred('array', [column.name, element.name], ({ draws, epochMs }) => {
    const items = [0, 1, 2].map((i) => draws.fork(`item ${i}`))
    return { at: (row) => (make === undefined ? [] : items.slice(0, draws.below(row, 4)).map((item) => make(row, item, column, epochMs))) }
  })
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, '0')
}

function clock(seconds: number): string {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0')).join(':')
}

function bits(row: number, draws: Draws, count: number): string {
  return Array.from({ length: count }, (_, i) => String(draws.bits(row, i) & 1)).join('')
}

function countedRange(row: number, draws: Draws): readonly number[] {
  return [row * 10, row * 10 + 1 + draws.below(row, 9)]
}

/** Within the row's own hour. */
function hourRange(row: number, draws: Draws, _column: ColumnSchema, epochMs: number): readonly number[] {
  const from = epochMs + (row % 100_000_000) * 3_600_000
  return [from, from + (1 + draws.below(row, 59)) * 60_000]
}

import { HotbedError } from '../../primitives/error.js'
import type { ColumnWriter } from '../encoding.js'
import { showValue } from '../generators/argument.js'
import type { Bound } from '../generator.js'
import type { ColumnSchema, TypeSchema } from '../schema.js'

/**
 * Writes the body of one value, without the length word: returns the position after it, or -1 when it does not fit.
 *
 * @throws {UnfitValue} for a value that the type cannot hold
 */
export type ValueWriter = (target: Buffer, at: number, value: unknown) => number

/** What a type is narrowed by: `varchar(40)`, `numeric(10,2)`. */
export type TypeLimits = Pick<ColumnSchema, 'length' | 'precision' | 'scale'>

/** How one family of types is written. */
export interface ValueCodec {
  readonly types: readonly string[]
  readonly createValueWriter: (limits: TypeLimits, type: TypeSchema) => ValueWriter
}

/** A value that does not fit its type; `columnWriter` makes it an error that says where. */
export class UnfitValue extends Error {}

export function unfit(expected: string): UnfitValue {
  return new UnfitValue(expected)
}

const NULL_LENGTH = 4

/** The general writer: a length word of four bytes, -1 for NULL, and what `write` says. */
export function columnWriter(bound: Bound, column: ColumnSchema, table: string, write: ValueWriter): ColumnWriter {
  if (bound.pool !== undefined) return poolWriter(bound.pool, column, table, write)
  const { at: valueOf } = bound
  return (target, at, row) => {
    const value = valueOf(row)
    const body = at + NULL_LENGTH
    if (body > target.length) return -1
    if (value === null || value === undefined) return writeInt32(target, at, -1)
    try {
      const end = write(target, body, value)
      if (end >= 0) writeInt32(target, at, end - body)
      return end
    } catch (error) {
      throw explainUnfit(error, column, table, row, value)
    }
  }
}

type Pool = NonNullable<Bound['pool']>

/** Every value of the pool is encoded once; a row copies bytes. */
function poolWriter(pool: Pool, column: ColumnSchema, table: string, write: ValueWriter): ColumnWriter {
  const { index } = pool
  const { bytes, ends } = encodePool(pool, column, table, write)
  return (target, at, row) => {
    const chosen = index(row)
    if (chosen < 0) return at + NULL_LENGTH > target.length ? -1 : writeInt32(target, at, -1)
    const start = chosen === 0 ? 0 : (ends[chosen - 1] ?? 0)
    const end = ends[chosen] ?? 0
    const after = at + end - start
    if (after > target.length) return -1
    // A call into the runtime costs more than a short loop.
    if (end - start > 64) bytes.copy(target, at, start, end)
    else for (let from = start, to = at; from < end; from += 1, to += 1) target[to] = bytes[from] ?? 0
    return after
  }
}

function encodePool(
  pool: Pool,
  column: ColumnSchema,
  table: string,
  write: ValueWriter,
): { readonly bytes: Buffer; readonly ends: Uint32Array } {
  let bytes = Buffer.allocUnsafe(1 << 14)
  let at = 0
  const ends = new Uint32Array(pool.values.length)
  for (const [index, value] of pool.values.entries()) {
    const one = columnWriter({ at: () => value }, column, table, write)
    for (;;) {
      const end = one(bytes, at, index)
      if (end >= 0) {
        at = end
        break
      }
      bytes = Buffer.concat([bytes], bytes.length * 2)
    }
    ends[index] = at
  }
  return { bytes, ends }
}

/** The error for a value that cannot be written, with all that is needed to find it. */
export function explainUnfit(error: unknown, column: ColumnSchema, table: string, row: number, value: unknown): unknown {
  if (!(error instanceof UnfitValue)) return error
  return new HotbedError('ERR_HOTBED_SEED', {
    message: `Row ${row.toLocaleString('en')} of ${table}: ${column.name} is ${typeText(column)} and must be ${error.message}, but its generator gave ${showValue(value)}.`,
    remedy: `Change the generator of ${table}.${column.name} in the dataset.`,
  })
}

export function typeText({ type, length, precision, scale }: ColumnSchema): string {
  const limits = length !== undefined ? [length] : [precision, scale].filter((limit) => limit !== undefined)
  return limits.length === 0 ? type.name : `${type.name}(${limits.join()})`
}

export function writeInt16(target: Buffer, at: number, value: number): number {
  target[at] = value >> 8
  target[at + 1] = value
  return at + 2
}

export function writeInt32(target: Buffer, at: number, value: number): number {
  target[at] = value >> 24
  target[at + 1] = value >> 16
  target[at + 2] = value >> 8
  target[at + 3] = value
  return at + 4
}

/** A whole number up to 2^53 as eight bytes. */
export function writeInt64(target: Buffer, at: number, value: number): number {
  writeInt32(target, at, Math.floor(value / 4_294_967_296))
  return writeInt32(target, at + 4, value | 0)
}

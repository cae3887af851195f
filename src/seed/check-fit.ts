import { HotbedError } from '../primitives/error.js'
import { baseType } from './base-type.js'
import type { BoundColumn, BoundTable } from './bind-dataset.js'
import type { TypeSchema } from './schema.js'

const LOOKED_AT = 8

/**
 * Looks at a few values of every column, so that what can never fit is refused before anything is written.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET`
 */
export function checkFit(bound: BoundTable): void {
  const { table, rows, columns } = bound
  for (const column of columns) {
    if (column.bound.sql !== undefined) checkSql(bound, column)
    else
      for (let row = bound.from; row < Math.min(rows, bound.from + LOOKED_AT); row += 1)
        checkValue(bound, column, row, valueAt(bound, column, row))
  }
  const written = new Set(columns.map(({ schema }) => schema.name))
  for (const column of table.columns) {
    if (
      rows > 0 &&
      column.isNotNull &&
      !column.isGenerated &&
      column.defaultSql === undefined &&
      column.identity === undefined &&
      !written.has(column.name)
    ) {
      throw new HotbedError('ERR_HOTBED_DATASET', {
        message: `The column '${column.name}' of '${table.id}' is NOT NULL and has neither default nor generator.`,
      })
    }
  }
}

function valueAt({ table }: BoundTable, { bound, schema }: BoundColumn, row: number): unknown {
  try {
    return bound.at(row)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `The column '${table.id}.${schema.name}' is derived from itself, in a circle.`,
      cause: error,
    })
  }
}

function checkValue({ table }: BoundTable, { schema, kind }: BoundColumn, row: number, value: unknown): void {
  if (value === null || value === undefined) {
    if (!schema.isNotNull) return
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `The column '${schema.name}' of '${table.id}' is NOT NULL, but ${kind} gives NULL in row ${row}.`,
    })
  }
  const expected = expectation(schema.type)
  if (expected !== undefined && !expected.fits(value)) {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `The column '${schema.name}' of '${table.id}' is of type ${schema.type.name} and holds ${expected.what}, but ${kind} gives ${show(value)} in row ${row}.`,
    })
  }
  const labels = baseType(schema.type).labels
  if (labels !== undefined && !labels.some((label) => label === value)) {
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `The column '${schema.name}' of '${table.id}' is of the enum ${baseType(schema.type).name}, which has no ${show(value)}. It has: ${labels.join(', ')}.`,
    })
  }
}

interface Expectation {
  readonly what: string
  readonly fits: (value: unknown) => boolean
}

const NUMBER: Expectation = {
  what: 'numbers',
  fits: (value) =>
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    (typeof value === 'string' && value.trim() !== '' && (!Number.isNaN(Number(value)) || value === 'NaN')),
}
const TIME: Expectation = {
  what: 'times',
  fits: (value) => typeof value === 'number' || typeof value === 'bigint' || value instanceof Date || typeof value === 'string',
}
const EXPECTED: readonly (readonly [types: RegExp, expectation: Expectation])[] = [
  [/^(int2|int4|int8|oid|float4|float8|numeric)$/, NUMBER],
  [/^(date|timestamp|timestamptz)$/, TIME],
  [/^bool$/, { what: 'true and false', fits: (value) => typeof value === 'boolean' }],
  [/^(text|varchar|bpchar|name|uuid)$/, { what: 'text', fits: (value) => typeof value === 'string' }],
]

function expectation(type: TypeSchema): Expectation | undefined {
  const base = baseType(type)
  if (base.kind === 'array')
    return { what: 'arrays', fits: (value) => Array.isArray(value) || ArrayBuffer.isView(value) || typeof value === 'string' }
  return EXPECTED.find(([types]) => types.test(base.name))?.[1]
}

function checkSql({ table }: BoundTable, { schema }: BoundColumn): void {
  if (!schema.isNotNull || schema.defaultSql !== undefined) return
  throw new HotbedError('ERR_HOTBED_DATASET', {
    message: `The column '${schema.name}' of '${table.id}' is NOT NULL without a default, but sql() is evaluated only once the rows are there.`,
    remedy: 'Use another generator, or give the column a default.',
  })
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 60)}'`
  return typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? String(value)).slice(0, 60)
}

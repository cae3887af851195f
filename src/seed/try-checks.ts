import { errorFields } from '../primitives/error-fields.js'
import { HotbedError } from '../primitives/error.js'
import { baseType } from './base-type.js'
import type { BoundColumn, BoundTable } from './bind-dataset.js'
import type { LoadSession } from './load-session.js'
import { tableName } from './table-name.js'
import { textOfValue } from './text-of-value.js'

const TRIED = 100

/**
 * Lets the server judge some rows by every CHECK, also by those that inference does not understand, before anything is written.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` naming table, CHECK, columns and values
 */
export async function tryChecks(session: Pick<LoadSession, 'query'>, { table, from, rows, columns }: BoundTable): Promise<void> {
  const hasDomain = columns.some(({ schema }) => schema.type.kind === 'domain')
  if (rows <= from || (table.checks.length === 0 && !hasDomain)) return
  // Virtual and stored columns are not computed here, and what the server fills is NULL, by which a CHECK holds.
  const filled = new Set(columns.filter(({ bound }) => bound.sql === undefined).map(({ schema }) => schema.name))
  const checks = table.checks.filter((check) => check.columns.every((name) => filled.has(name)))
  const judged = columns.filter(
    ({ schema }) => schema.type.kind === 'domain' || checks.some((check) => check.columns.includes(schema.name)),
  )
  const step = Math.max(1, Math.floor((rows - from) / TRIED))
  const tried = Array.from({ length: Math.min(TRIED, rows - from) }, (_, i) => from + i * step)
  const json = tried.map((row) => Object.fromEntries(judged.map((column) => [column.schema.name, jsonOf(column, row)])))
  const verdicts = checks.map(({ expression }, i) => `((${expression}) IS NOT FALSE) AS c${i}`)
  const sql = `SELECT ${['true AS c', ...verdicts].join(', ')} FROM jsonb_populate_recordset(NULL::${tableName(table)}, $1::jsonb) AS ${tableName(table).split('.').at(-1) ?? ''}`
  let answers: readonly Readonly<Record<string, unknown>>[]
  try {
    answers = (await session.query(sql, [JSON.stringify(json)])).rows
  } catch (error) {
    const { code, message } = errorFields(error)
    if (code !== '23514') throw refusedValue(table.id, message, error)
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `The dataset's values for '${table.id}' do not fit: ${message}.`,
      remedy: `Write a generator for the columns of that domain: ${domainColumns(columns)}.`,
      cause: error,
    })
  }
  for (const [place, answer] of answers.entries()) {
    const failed = checks.find((_, i) => answer[`c${i}`] === false)
    if (failed === undefined) continue
    const row = tried[place] ?? 0
    const involved = columns.filter(({ schema }) => failed.columns.includes(schema.name))
    const values = involved.map(
      ({ schema, bound, kind }) => `${schema.name} = ${textOfValue(bound.at(row), schema.type) ?? 'NULL'} (${kind})`,
    )
    const column = involved.find(({ kind }) => kind.startsWith('inferred'))?.schema.name ?? involved[0]?.schema.name ?? '…'
    throw new HotbedError('ERR_HOTBED_DATASET', {
      message: `Row ${row} of '${table.id}' would violate ${failed.name}: ${failed.definition}. The dataset has ${values.join(', ')}.`,
      remedy: `Write a generator that keeps to it: tables: { ${JSON.stringify(table.name)}: { rows: ${rows}, columns: { ${column}: derived(({ row }) => …) } } }`,
    })
  }
}

function jsonOf({ schema, bound }: BoundColumn, row: number): unknown {
  const value = bound.sql === undefined ? bound.at(row) : null
  if (value === null || value === undefined) return null
  if (!/^jsonb?$/.test(baseType(schema.type).name)) return textOfValue(value, schema.type) ?? null
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

function refusedValue(table: string, message: string, cause: unknown): HotbedError {
  return new HotbedError('ERR_HOTBED_DATASET', { message: `The dataset's values for '${table}' do not fit: ${message}.`, cause })
}

function domainColumns(columns: readonly BoundColumn[]): string {
  return columns.flatMap(({ schema }) => (schema.type.kind === 'domain' ? [`${schema.name} (${schema.type.name})`] : [])).join(', ')
}

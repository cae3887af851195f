import type { PlanIndex, PlanTable } from './plan.js'

const DIRECTION = /\s+(asc|desc)(?:\s+nulls\s+(first|last))?$/i

const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_$]*$/u

const QUOTED_NAME = /^"(?:[^"]|"")+"$/

/** A key column of an index, read from its text. */
export interface IndexColumn {
  /** Of a column its name, of an expression its text without blanks and outer brackets. */
  readonly name: string
  /** As written; `undefined` when nothing was. */
  readonly direction: 'ASC' | 'DESC' | undefined
}

/** Whether the index begins with these columns, in this order. A column without a direction stands for both. */
export function hasLeadingColumns(index: PlanIndex, columns: readonly string[]): boolean {
  return columns.every((text, position) => {
    const wanted = readIndexColumn(text)
    const there = index.columns[position]
    if (there === undefined) return false
    const found = readIndexColumn(there)
    return found.name === wanted.name && (wanted.direction === undefined || wanted.direction === (found.direction ?? 'ASC'))
  })
}

/** The first that is a plain name and no column of the table. Expressions are let through. */
export function findUnknownColumn(columns: readonly string[], known: readonly string[]): string | undefined {
  return columns.map((text) => readIndexColumn(text).name).find((name) => PLAIN_NAME.test(name) && !known.includes(name))
}

/** `(user_id, created_at DESC)` */
export function describeColumns(columns: readonly string[]): string {
  return `(${columns.join(', ')})`
}

/** The statement that makes such an index. Names that PostgreSQL would fold are quoted. */
export function createIndexStatement(
  table: Pick<PlanTable, 'schema' | 'name'> & Partial<Pick<PlanTable, 'columns'>>,
  columns: readonly string[],
  included: readonly string[] = [],
): string {
  const include = included.length === 0 ? '' : ` INCLUDE (${included.map(quoteName).join(', ')})`
  return `CREATE INDEX ON ${quoteTable(table)} (${columns.map((column) => writeIndexColumn(column, table.columns)).join(', ')})${include};`
}

/** `orders`, `shop."Orders"`: as it stands in a statement. */
export function quoteTable({ schema, name }: Pick<PlanTable, 'schema' | 'name'>): string {
  return schema === 'public' ? quoteName(name) : `${quoteName(schema)}.${quoteName(name)}`
}

/**
 * A key column as CREATE INDEX takes it: a call of a function stands as it is, any other expression in brackets. A name with blanks is told from an
 * expression by the `known` columns of the table.
 */
export function writeIndexColumn(text: string, known: readonly string[] = []): string {
  if (known.includes(text)) return quoteName(text)
  const end = DIRECTION.exec(text)?.index ?? text.length
  const column = text.slice(0, end).trim()
  if (QUOTED_NAME.test(column)) return text
  if (PLAIN_NAME.test(column) || known.includes(column)) return `${quoteName(column)}${text.slice(end)}`
  const call = /^[\p{L}_][\p{L}\p{N}_$.]*(?=\()/u.exec(column)?.[0] ?? ''
  return `${column.startsWith('(', call.length) && closesAtEnd(column.slice(call.length)) ? column : `(${column})`}${text.slice(end)}`
}

/** Names that PostgreSQL would fold are quoted. */
export function quoteName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** Reads `created_at DESC`, `lower(email)`. */
export function readIndexColumn(text: string): IndexColumn {
  const match = DIRECTION.exec(text)
  const name = text.slice(0, match?.index).trim()
  const direction = match?.[1]?.toUpperCase()
  return {
    name: withoutBrackets(name.replace(/\s+NULLS\s+(FIRST|LAST)$/i, '')),
    direction: direction === 'ASC' || direction === 'DESC' ? direction : undefined,
  }
}

function withoutBrackets(expression: string): string {
  const squeezed = /[^\p{L}\p{N}_$]/u.test(expression) ? expression.replaceAll(/\s+/g, '') : expression
  return squeezed.startsWith('(') && closesAtEnd(squeezed) ? withoutBrackets(squeezed.slice(1, -1)) : squeezed
}

function closesAtEnd(text: string): boolean {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth += 1
    if (text[index] === ')') depth -= 1
    if (depth === 0) return index === text.length - 1
  }
  return false
}

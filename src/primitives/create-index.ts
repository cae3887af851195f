import { quoteName } from './sql-name.js'

const DIRECTION = /(?:\s+(asc|desc))?(?:\s+nulls\s+(?:first|last))?$/i

const PLAIN_NAME = /^[\p{L}_][\p{L}\p{N}_$]*$/u

const QUOTED_NAME = /^"(?:[^"]|"")+"$/

/** An index to make. */
export interface IndexText {
  /** PostgreSQL finds one by itself. */
  readonly name?: string | undefined
  /** The table as it stands in a statement. */
  readonly on: string
  /** @default btree */
  readonly method?: string
  /** Key columns in order: names, quoted or not, or expressions; with a direction where it matters. */
  readonly columns: readonly string[]
  /** All columns of the table, where they are at hand: a name with blanks is told from an expression by them. */
  readonly known?: readonly string[] | undefined
  /** Of the last column. */
  readonly operatorClass?: string | undefined
  readonly included?: readonly string[]
  /** The condition of a partial index. */
  readonly predicate?: string | undefined
}

/** The statement that makes an index, without a semicolon: `CREATE INDEX ON orders (user_id, created_at DESC) WHERE status = 'open'`. */
export function createIndex({ name, on, method = 'btree', columns, known, operatorClass, included = [], predicate }: IndexText): string {
  const keys = columns.map((column) => writeIndexColumn(column, known)).join(', ')
  return [
    `CREATE INDEX${name === undefined ? '' : ` ${quoteName(name)}`} ON ${on}`,
    ...(method === 'btree' ? [] : [`USING ${method}`]),
    `(${keys}${operatorClass === undefined ? '' : ` ${operatorClass}`})`,
    ...(included.length === 0 ? [] : [`INCLUDE (${included.map(quoteName).join(', ')})`]),
    ...(predicate === undefined ? [] : [`WHERE ${predicate}`]),
  ].join(' ')
}

/** A key column of an index, read from its text. */
export interface IndexColumn {
  /** Of a column its name, of an expression its text without blanks and outer brackets. */
  readonly name: string
  /** As written; `undefined` when nothing was. */
  readonly direction: 'ASC' | 'DESC' | undefined
}

/** Reads `created_at DESC`, `"userId"`, `lower(email)`. */
export function readIndexColumn(text: string): IndexColumn {
  const { column, direction } = splitDirection(text)
  const name = QUOTED_NAME.test(column) ? column.slice(1, -1).replaceAll('""', '"') : withoutBrackets(column)
  const word = /asc|desc/i.exec(direction)?.[0].toUpperCase()
  return { name, direction: word === 'ASC' || word === 'DESC' ? word : undefined }
}

/** The name of a column, which no expression has. */
export function isPlainName(name: string): boolean {
  return PLAIN_NAME.test(name)
}

/** As CREATE INDEX takes it: a call of a function stands as it is, any other expression in brackets. `known` are the columns of the table. */
export function writeIndexColumn(text: string, known: readonly string[] = []): string {
  if (known.includes(text)) return quoteName(text)
  const { column, direction } = splitDirection(text)
  if (PLAIN_NAME.test(column) || known.includes(column)) return `${quoteName(column)}${direction}`
  const call = /^[\p{L}_][\p{L}\p{N}_$.]*(?=\()/u.exec(column)?.[0] ?? ''
  const stands = QUOTED_NAME.test(column) || (column.startsWith('(', call.length) && closesAtEnd(column.slice(call.length)))
  return `${stands ? column : `(${column})`}${direction}`
}

function splitDirection(text: string): { readonly column: string; readonly direction: string } {
  const end = DIRECTION.exec(text)?.index ?? text.length
  return { column: text.slice(0, end).trim(), direction: text.slice(end) }
}

function withoutBrackets(expression: string): string {
  const squeezed = /[^\p{L}\p{N}_$]/u.test(expression) ? expression.replaceAll(/\s+/g, '') : expression
  return squeezed.startsWith('(') && closesAtEnd(squeezed) ? withoutBrackets(squeezed.slice(1, -1)) : squeezed
}

/** The bracket that opens the text is closed by its last character. What stands in strings and quoted names does not count. */
function closesAtEnd(text: string): boolean {
  let depth = 0
  for (const { 0: sign, index } of text.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]/g)) {
    if (sign === '(') depth += 1
    if (sign === ')') depth -= 1
    if (depth === 0) return index === text.length - 1
  }
  return false
}

/** One statement of an SQL file. */
export interface FileStatement {
  readonly text: string
  /** Line of its first character, from 1. */
  readonly line: number
}

/**
 * Splits an SQL file at its semicolons, as PostgreSQL's own lexer sees them: not inside quotes, E'' strings, dollar quotes,
 * (nested) comments or the `BEGIN ATOMIC … END` body of a function (PostgreSQL manual, 4.1 Lexical Structure and CREATE FUNCTION).
 * Blank statements are left out.
 */
export function splitStatements(sql: string): readonly FileStatement[] {
  const statements: FileStatement[] = []
  let start = 0
  let at = 0
  let bodyDepth = 0
  let previousWord = ''
  const push = (end: number): void => {
    const statement = trimStatement(sql, start, end)
    if (statement !== undefined) statements.push(statement)
    start = end + 1
    bodyDepth = 0
    previousWord = ''
  }
  while (at < sql.length) {
    const skipped = skipOpaque(sql, at)
    if (skipped > at) {
      at = skipped
      continue
    }
    const word = /[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*/y
    word.lastIndex = at
    const match = word.exec(sql)
    if (match !== null) {
      const name = match[0].toUpperCase()
      if (name === 'ATOMIC' && previousWord === 'BEGIN') bodyDepth = 1
      else if (bodyDepth > 0 && name === 'CASE') bodyDepth += 1
      else if (bodyDepth > 0 && name === 'END') bodyDepth -= 1
      previousWord = name
      at = word.lastIndex
      continue
    }
    if (sql[at] === ';' && bodyDepth === 0) push(at)
    at += 1
  }
  push(sql.length)
  return statements
}

/** The position after a comment or quoted text that begins at `at`, or `at`. */
function skipOpaque(sql: string, at: number): number {
  const two = sql.slice(at, at + 2)
  if (two === '--') return indexAfter(sql, '\n', at)
  if (two === '/*') return skipComment(sql, at)
  if (sql[at] === '"') return skipQuoted(sql, at, '"', false)
  if (sql[at] === "'") return skipQuoted(sql, at, "'", /[eE]/.test(sql[at - 1] ?? '') && !/[\w$]/.test(sql[at - 2] ?? ''))
  if (sql[at] === '$' && !/[\w$]/.test(sql[at - 1] ?? '')) {
    const tag = /\$(?:[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)?\$/y
    tag.lastIndex = at
    const match = tag.exec(sql)
    if (match !== null) return indexAfter(sql, match[0], tag.lastIndex)
  }
  return at
}

function indexAfter(sql: string, text: string, from: number): number {
  const found = sql.indexOf(text, from)
  return found < 0 ? sql.length : found + text.length
}

function skipComment(sql: string, from: number): number {
  let depth = 0
  let at = from
  while (at < sql.length) {
    const two = sql.slice(at, at + 2)
    if (two === '/*') depth += 1
    if (two === '*/') depth -= 1
    at += two === '/*' || two === '*/' ? 2 : 1
    if (depth === 0) break
  }
  return at
}

function skipQuoted(sql: string, from: number, quote: string, backslashes: boolean): number {
  let at = from + 1
  while (at < sql.length) {
    if (backslashes && sql[at] === '\\') at += 2
    else if (sql[at] !== quote) at += 1
    else if (sql[at + 1] === quote) at += 2
    else return at + 1
  }
  return sql.length
}

function trimStatement(sql: string, start: number, end: number): FileStatement | undefined {
  let first = start
  while (first < end) {
    const afterBlank = first + (/^\s*/.exec(sql.slice(first, end))?.[0].length ?? 0)
    const isComment = sql.startsWith('--', afterBlank) || sql.startsWith('/*', afterBlank)
    const next = isComment ? skipOpaque(sql, afterBlank) : afterBlank
    if (next === first) break
    first = next
  }
  const text = sql.slice(first, end).trimEnd()
  if (text === '') return undefined
  return { text, line: sql.slice(0, first).split('\n').length }
}

/** One statement of an SQL file. */
export interface FileStatement {
  readonly text: string
  /** Line of its first character, from 1. */
  readonly line: number
}

/** Where something begins that matters: a word, a comment, quoted text, a bracket, a semicolon. */
const NEXT = /[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*|--|\/\*|["'$();]/g
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)?\$/y

/**
 * Splits an SQL file at its semicolons, as PostgreSQL's own lexer and psql see them: not inside quotes, E'' strings, dollar quotes,
 * (nested) comments, brackets (CREATE RULE) or the `BEGIN ATOMIC … END` body of a function (PostgreSQL manual, 4.1 Lexical Structure and
 * CREATE FUNCTION). Blank statements are left out.
 */
export function splitStatements(sql: string): readonly FileStatement[] {
  const statements: FileStatement[] = []
  let start = 0
  let line = 1
  let counted = 0
  let brackets = 0
  let bodyDepth = 0
  let previousWord = ''
  const push = (end: number): void => {
    const first = skipBlanks(sql, start, end)
    const text = sql.slice(first, end).trimEnd()
    for (; counted < first; counted += 1) if (sql[counted] === '\n') line += 1
    if (text !== '') statements.push({ text, line })
    start = end + 1
    brackets = 0
    bodyDepth = 0
    previousWord = ''
  }
  NEXT.lastIndex = 0
  for (let match = NEXT.exec(sql); match !== null; match = NEXT.exec(sql)) {
    const { index } = match
    const [found] = match
    if (found === '(') brackets += 1
    else if (found === ')') brackets = Math.max(0, brackets - 1)
    else if (found === ';') {
      if (brackets === 0 && bodyDepth === 0) push(index)
    } else if (found === '--' || found === '/*' || found === '"' || found === "'" || found === '$') {
      NEXT.lastIndex = Math.max(index + 1, skipOpaque(sql, index))
    } else {
      const word = found.toUpperCase()
      if (word === 'ATOMIC' && previousWord === 'BEGIN') bodyDepth = 1
      // After a dot, and after AS, a keyword is a name.
      else if (bodyDepth > 0 && previousWord !== 'AS' && sql[index - 1] !== '.') {
        if (word === 'CASE') bodyDepth += 1
        else if (word === 'END') bodyDepth -= 1
      }
      previousWord = word
    }
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
    DOLLAR_TAG.lastIndex = at
    const match = DOLLAR_TAG.exec(sql)
    if (match !== null) return indexAfter(sql, match[0], DOLLAR_TAG.lastIndex)
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

/** The position after blanks and comments. */
function skipBlanks(sql: string, start: number, end: number): number {
  const blank = /\s*/y
  let at = start
  while (at < end) {
    blank.lastIndex = at
    blank.exec(sql)
    const afterBlank = Math.min(end, Math.max(at, blank.lastIndex))
    const isComment = sql.startsWith('--', afterBlank) || sql.startsWith('/*', afterBlank)
    const next = isComment ? Math.min(end, skipOpaque(sql, afterBlank)) : afterBlank
    if (next === at) break
    at = next
  }
  return at
}

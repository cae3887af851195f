/** `literal` is any constant or parameter; `quoted` a quoted name; `operator` one operator; `mark` a bracket, comma, dot, semicolon or colon. */
export type SqlTokenKind = 'word' | 'quoted' | 'literal' | 'operator' | 'mark'

/** Gets each token as its place in the text. Ends the scan by returning false. */
export type SqlTokenVisitor = (kind: SqlTokenKind, start: number, end: number) => boolean | undefined

const BLANKS = /\s+/y
const WORD = /[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*/y
const NUMBER = /0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y
const OPERATOR = /[+\-*/<>=~!@#%^&|`?]+/y
const PARAMETER = /\$\d+/y
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*)?\$/y
const BLOCK_MARK = /\/\*|\*\//g

/**
 * PostgreSQL's tokens without blanks and comments, in one pass: every character is looked at a bounded number of times, because what is not
 * closed goes to the end of the text. Assumes `standard_conforming_strings`, the default since 9.1.
 */
export function scanSql(sql: string, visit: SqlTokenVisitor): void {
  let at = 0
  while (at < sql.length) {
    const start = skipIgnored(sql, at)
    if (start >= sql.length) return
    const [kind, end] = readToken(sql, start)
    if (visit(kind, start, end) === false) return
    at = Math.max(end, start + 1)
  }
}

function readToken(sql: string, at: number): readonly [SqlTokenKind, number] {
  const character = sql[at] ?? ''
  if (character === "'") return ['literal', endOfQuoted(sql, at, "'")]
  if (character === '"') return ['quoted', endOfQuoted(sql, at, '"')]
  if (character === '$') return ['literal', endOf(PARAMETER, sql, at) ?? endOfDollarQuote(sql, at)]
  if (character === ':') return ['mark', sql[at + 1] === ':' || sql[at + 1] === '=' ? at + 2 : at + 1]
  const number = endOf(NUMBER, sql, at)
  if (number !== undefined) return ['literal', number]
  const word = endOf(WORD, sql, at)
  if (word !== undefined) return readWord(sql, at, word)
  const operator = endOf(OPERATOR, sql, at)
  return operator === undefined ? ['mark', at + 1] : ['operator', endOfOperator(sql.slice(at, operator), at)]
}

/** `E'…'`, `B'…'`, `X'…'`, `N'…'`, `U&'…'` and `U&"…"` are one token with what they stand before. */
function readWord(sql: string, start: number, end: number): readonly [SqlTokenKind, number] {
  if (end - start !== 1) return ['word', end]
  const prefix = (sql[start] ?? '').toLowerCase()
  if (sql[end] === "'" && 'ebxn'.includes(prefix)) return ['literal', prefix === 'e' ? endOfEscaped(sql, end) : endOfQuoted(sql, end, "'")]
  if (prefix === 'u' && sql[end] === '&' && sql[end + 1] === "'") return ['literal', endOfQuoted(sql, end + 1, "'")]
  if (prefix === 'u' && sql[end] === '&' && sql[end + 1] === '"') return ['quoted', endOfQuoted(sql, end + 1, '"')]
  return ['word', end]
}

/** By the rule of PostgreSQL's lexer: a comment ends an operator, and `=-` is two of them. */
function endOfOperator(text: string, start: number): number {
  const comment = text.search(/--|\/\*/)
  let operator = comment > 0 ? text.slice(0, comment) : text
  if (!/[~!@#%^&|`?]/.test(operator)) while (operator.length > 1 && /[+-]$/.test(operator)) operator = operator.slice(0, -1)
  return start + operator.length
}

function endOf(pattern: RegExp, sql: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(sql) ? pattern.lastIndex : undefined
}

/** The position after blanks and comments. */
function skipIgnored(sql: string, from: number): number {
  let at = from
  while (true) {
    at = endOf(BLANKS, sql, at) ?? at
    if (sql.startsWith('--', at)) at = indexAfter(sql, '\n', at)
    else if (sql.startsWith('/*', at)) at = endOfComment(sql, at)
    else return at
  }
}

function endOfComment(sql: string, from: number): number {
  let depth = 0
  BLOCK_MARK.lastIndex = from
  for (let match = BLOCK_MARK.exec(sql); match !== null; match = BLOCK_MARK.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return BLOCK_MARK.lastIndex
  }
  return sql.length
}

function endOfDollarQuote(sql: string, at: number): number {
  DOLLAR_TAG.lastIndex = at
  const tag = DOLLAR_TAG.exec(sql)?.[0]
  return tag === undefined ? at + 1 : indexAfter(sql, tag, at + tag.length)
}

function endOfQuoted(sql: string, from: number, quote: string): number {
  let at = indexAfter(sql, quote, from + 1)
  while (sql[at] === quote) at = indexAfter(sql, quote, at + 1)
  return at
}

/** Of an `E'…'` string, in which a backslash escapes a quote too. */
function endOfEscaped(sql: string, from: number): number {
  let at = from + 1
  while (at < sql.length) {
    if (sql[at] === '\\') at += 2
    else if (sql[at] !== "'") at += 1
    else if (sql[at + 1] === "'") at += 2
    else return at + 1
  }
  return sql.length
}

function indexAfter(sql: string, text: string, from: number): number {
  const found = sql.indexOf(text, from)
  return found < 0 ? sql.length : found + text.length
}

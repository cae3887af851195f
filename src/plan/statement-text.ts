/** What can be told of a statement from its text alone, before a server has seen it. */
export interface StatementText {
  /** Without the semicolon at its end. */
  readonly text: string
  /** First keyword in capitals: `SELECT`; empty when there is none. */
  readonly keyword: string
  /** The n of the highest `$n`; 0 when there is no parameter. */
  readonly highestParameter: number
  /** Where a second statement begins, from 0; `undefined` when there is one only. */
  readonly secondStatementAt: number | undefined
}

/**
 * One pass over PostgreSQL's tokens. What lies in strings, quoted names and comments says nothing about the statement.
 * In turn: line comment, block comment (nesting is handled below), dollar quotes, E-strings, strings, quoted names, parameter, word, anything.
 */
const TOKEN =
  /--[^\n]*|\/\*|\$([\p{L}_][\p{L}\p{N}_]*)?\$[^]*?\$\1\$|[eE]'(?:[^'\\]|''|\\[^])*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$\d+|[\p{L}_][\p{L}\p{N}_$]*|[^]/gu

/** Reads the text of a statement. Assumes `standard_conforming_strings`, which has been the default since 9.1. */
export function readStatementText(sql: string): StatementText {
  let keyword = ''
  let highestParameter = 0
  let end: number | undefined
  let secondStatementAt: number | undefined
  const tokens = new RegExp(TOKEN)
  for (let match = tokens.exec(sql); match !== null; match = tokens.exec(sql)) {
    const token = match[0]
    if (token === '/*') tokens.lastIndex = endOfBlockComment(sql, tokens.lastIndex)
    else if (token.startsWith('--') || /^\s$/.test(token)) continue
    else if (token === ';') end ??= match.index
    else {
      if (end !== undefined) secondStatementAt ??= match.index
      if (keyword === '' && /^[\p{L}_]/u.test(token)) keyword = token.toUpperCase()
      if (/^\$\d+$/.test(token)) highestParameter = Math.max(highestParameter, Number(token.slice(1)))
    }
  }
  return { text: sql.slice(0, end).trimEnd(), keyword, highestParameter, secondStatementAt }
}

function endOfBlockComment(sql: string, start: number): number {
  const marks = /\/\*|\*\//g
  marks.lastIndex = start
  let depth = 1
  for (let match = marks.exec(sql); match !== null; match = marks.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1
    if (depth === 0) return marks.lastIndex
  }
  return sql.length
}

/**
 * The line of `sql` that holds `offset` (from 0), with the line before it, and a caret below the character.
 * Long lines are cut around it.
 */
export function pointAt(sql: string, offset: number): readonly string[] {
  const before = sql.slice(0, offset).split('\n')
  const row = before.length - 1
  const column = before.at(-1)?.length ?? 0
  const rows = sql.split('\n')
  const start = Math.max(0, column - 60)
  const clip = (line: string): string => `  ${line.slice(start, start + 100).replaceAll('\t', ' ')}`
  return [...rows.slice(Math.max(0, row - 1), row + 1).map(clip), `  ${' '.repeat(column - start)}^`]
}

import { scanSql } from '../primitives/sql-scan.js'

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
 * Reads the text of a statement. What lies in strings, quoted names and comments says nothing about it. Assumes `standard_conforming_strings`,
 * which has been the default since 9.1.
 */
export function readStatementText(sql: string): StatementText {
  let keyword = ''
  let highestParameter = 0
  let end: number | undefined
  let secondStatementAt: number | undefined
  scanSql(sql, (kind, tokenStart, tokenEnd) => {
    if (sql[tokenStart] === ';') {
      end ??= tokenStart
      return true
    }
    if (end !== undefined) secondStatementAt ??= tokenStart
    if (kind === 'word' && keyword === '') keyword = sql.slice(tokenStart, tokenEnd).toUpperCase()
    const parameter = kind === 'literal' ? /^\$(\d+)$/.exec(sql.slice(tokenStart, tokenEnd)) : null
    if (parameter !== null) highestParameter = Math.max(highestParameter, Number(parameter[1]))
    return true
  })
  return { text: sql.slice(0, end).trimEnd(), keyword, highestParameter, secondStatementAt }
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

import { scanSql } from '../../primitives/sql-scan.js'

/** One statement of an SQL file. */
export interface FileStatement {
  readonly text: string
  /** Line of its first character, from 1. */
  readonly line: number
}

/**
 * Splits an SQL file at its semicolons, as PostgreSQL's own lexer and psql see them: not inside quotes, E'' strings, dollar quotes,
 * (nested) comments, brackets (CREATE RULE) or the `BEGIN ATOMIC … END` body of a function (PostgreSQL manual, 4.1 Lexical Structure and
 * CREATE FUNCTION). Blank statements are left out.
 */
export function splitStatements(sql: string): readonly FileStatement[] {
  const statements: FileStatement[] = []
  let first = -1
  let line = 1
  let counted = 0
  let brackets = 0
  let bodyDepth = 0
  let previousWord = ''
  const push = (end: number): void => {
    if (first < 0) return
    for (; counted < first; counted += 1) if (sql[counted] === '\n') line += 1
    statements.push({ text: sql.slice(first, end).trimEnd(), line })
    first = -1
    brackets = 0
    bodyDepth = 0
    previousWord = ''
  }
  scanSql(sql, (kind, start, end) => {
    const mark = kind === 'mark' ? sql[start] : undefined
    if (mark === ';' && brackets === 0 && bodyDepth === 0) {
      push(start)
      return true
    }
    if (first < 0) first = start
    if (mark === '(') brackets += 1
    else if (mark === ')') brackets = Math.max(0, brackets - 1)
    else if (kind === 'word') {
      const word = sql.slice(start, end).toUpperCase()
      if (word === 'ATOMIC' && previousWord === 'BEGIN') bodyDepth = 1
      // After a dot, and after AS, a keyword is a name.
      else if (bodyDepth > 0 && previousWord !== 'AS' && sql[start - 1] !== '.') {
        if (word === 'CASE') bodyDepth += 1
        else if (word === 'END') bodyDepth -= 1
      }
      previousWord = word
    }
    return true
  })
  push(sql.length)
  return statements
}

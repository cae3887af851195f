import { stringEnd } from './sql-statements.js'

/** A literal of a call; `null` for NULL. */
export type Literal = string | null

const CALL = /^SELECT\s+(?:\*\s+FROM\s+)?(?:pg_catalog\s*\.\s*)?(pg_restore_(?:relation|attribute)_stats)\s*\(/i
const CAST = /^\s*::\s*(?:[\w."]+(?:\s+precision)?)(?:\s*\[\s*\])*/
const WORD = /^\s*(NULL|true|false|[-+]?[\d.]+(?:e[-+]?\d+)?)/i

/** A call of `pg_restore_relation_stats` or `pg_restore_attribute_stats`, with its arguments by name. */
export interface RestoreCall {
  readonly of: 'relation' | 'attribute'
  readonly values: ReadonlyMap<string, Literal>
}

/** `undefined` for any other statement, and for arguments that are no literals. */
export function readRestoreCall(statement: string): RestoreCall | undefined {
  const call = CALL.exec(statement)
  if (call === null) return undefined
  const literals = readLiterals(statement.slice(call[0].length))
  if (literals === undefined || literals.length % 2 !== 0) return undefined
  const values = new Map<string, Literal>()
  for (let index = 0; index < literals.length; index += 2) {
    const name = literals[index]
    if (typeof name === 'string') values.set(name, literals[index + 1] ?? null)
  }
  return { of: call[1]?.toLowerCase() === 'pg_restore_relation_stats' ? 'relation' : 'attribute', values }
}

function readLiterals(text: string): readonly Literal[] | undefined {
  const literals: Literal[] = []
  let rest = text
  for (;;) {
    const [literal, length] = readLiteral(rest) ?? [undefined, 0]
    if (literal === undefined) return undefined
    literals.push(literal)
    rest = rest.slice(length)
    for (let cast = CAST.exec(rest); cast !== null; cast = CAST.exec(rest)) rest = rest.slice(cast[0].length)
    const next = /^\s*([,)])/.exec(rest)
    if (next === null) return undefined
    if (next[1] === ')') return literals
    rest = rest.slice(next[0].length)
  }
}

function readLiteral(text: string): readonly [Literal, number] | undefined {
  const quote = /^\s*(e?)'/i.exec(text)
  if (quote !== null) {
    const start = quote[0].length - 1
    const escapes = quote[1] !== ''
    const end = stringEnd(text, start, escapes)
    const content = text.slice(start + 1, end - 1).replaceAll("''", "'")
    return [escapes ? unescape(content) : content, end]
  }
  const word = WORD.exec(text)
  if (word === null) return undefined
  const [all, value = ''] = word
  return [value.toUpperCase() === 'NULL' ? null : value, all.length]
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** As the E form of a string has it; `pg_dump` writes doubled backslashes only. */
function unescape(text: string): string {
  return text.replaceAll(/\\(u[\dA-Fa-f]{4}|U[\dA-Fa-f]{8}|x[\dA-Fa-f]{1,2}|[0-7]{1,3}|[^])/g, (_, escape: string) => {
    if (/^[uUx][\dA-Fa-f]/.test(escape)) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16))
    if (/^[0-7]/.test(escape)) return String.fromCodePoint(Number.parseInt(escape, 8))
    return ESCAPES[escape] ?? escape
  })
}

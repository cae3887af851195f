import { HotbedError } from '../primitives/error.js'

/** An object of EXPLAIN's JSON, read without believing in any version. */
export type ExplainObject = Readonly<Record<string, unknown>>

/** The one statement of an EXPLAIN (FORMAT JSON), and where its root node is. */
export interface ExplainOutput {
  readonly statement: ExplainObject
  readonly root: ExplainObject
}

/**
 * Reads the output of EXPLAIN (FORMAT JSON), as text or as a driver has parsed it. Also the form of auto_explain, which has no list around it.
 *
 * @throws {HotbedError} `ERR_HOTBED_PLAN` when it is anything else
 */
export function readExplainJson(output: unknown): ExplainOutput {
  const value = typeof output === 'string' ? parseText(output) : output
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  const statement = list[0]
  if (list.length > 1) throw unreadable(`it holds ${list.length} statements, and a plan is of one`)
  if (!isObject(statement)) throw unreadable(`it is ${statement === undefined ? 'empty' : JSON.stringify(statement).slice(0, 60)}`)
  const root = statement['Plan']
  if (!isObject(root)) throw unreadable(`it has no 'Plan', but ${Object.keys(statement).slice(0, 8).join(', ') || 'nothing'}`)
  return { statement, root }
}

export function isObject(value: unknown): value is ExplainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function readNumber(object: ExplainObject, name: string): number | undefined {
  const value = object[name]
  return typeof value === 'number' ? value : undefined
}

/** A text, or a list of texts joined by commas. */
export function readText(object: ExplainObject, name: string): string | undefined {
  const value = object[name]
  if (typeof value === 'string') return value
  return Array.isArray(value) && value.length > 0 ? value.map(String).join(', ') : undefined
}

export function unreadable(why: string, cause?: unknown): HotbedError {
  return new HotbedError('ERR_HOTBED_PLAN', {
    message: `This is no EXPLAIN output that hotbed can read: ${why}.`,
    remedy: 'Plans are read from EXPLAIN (FORMAT JSON) of PostgreSQL 13 to 18.',
    cause,
  })
}

// Strings are matched first, so that digits inside them are left alone.
const STRING_OR_INTEGER = /"(?:[^"\\]|\\.)*"|(?<![\d.])-?\d+(?![\d.eE])/g

function parseText(text: string): unknown {
  // The query identifier has 64 bits; JSON.parse would round it.
  const safe = text.replace(STRING_OR_INTEGER, (token) =>
    token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`,
  )
  try {
    return JSON.parse(safe)
  } catch (error) {
    throw unreadable(`it is no JSON and starts with ${JSON.stringify(text.slice(0, 60))}`, error)
  }
}

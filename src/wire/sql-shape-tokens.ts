import type { SqlTokenKind } from '../primitives/sql-scan.js'

export interface ShapeToken {
  readonly kind: SqlTokenKind
  /** Words in small letters, literals as `?`, a folded list as `(…)` or `[…]`. */
  readonly text: string
}

/** Words that stand apart from a bracket; all others are names of tables, functions and types, which do not. */
const APART: ReadonlySet<string> = new Set(
  (
    'in values as and or not where on from join select when then else using over by set filter group union all except intersect any exists ' +
    'lateral distinct returning having is like ilike between case limit offset with materialized check default table into update'
  ).split(' '),
)

const NO_BLANK_BEFORE: ReadonlySet<string> = new Set([',', ')', ']', '[', '.', ';', '::', '[…]'])
const NO_BLANK_AFTER: ReadonlySet<string> = new Set(['(', '[', '.', '::'])

/** Constants that are words, and what may stand among the values of a list. */
const VALUE_WORDS: ReadonlySet<string> = new Set(['null', 'true', 'false', 'row', 'default'])

/** Makes one list of every length: `in (?, ?)`, `values (?, now()), (?, now())`, `array[?, ?]`. A list that holds columns or a query stays. */
export function foldLists(tokens: readonly ShapeToken[]): readonly ShapeToken[] {
  const folded: ShapeToken[] = []
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (token === undefined) break
    folded.push(token)
    if (token.kind !== 'word') continue
    const end = endOfList(tokens, at, token.text)
    if (end === undefined) continue
    folded.push({ kind: 'mark', text: token.text === 'array' ? '[…]' : '(…)' })
    at = end
  }
  return folded
}

/** Position of the bracket that closes the list, or the last list, that begins after `at`. */
function endOfList(tokens: readonly ShapeToken[], at: number, word: string): number | undefined {
  if (word === 'in') return endOfValues(tokens, at + 1, '(', isValue)
  if (word === 'array') return endOfValues(tokens, at + 1, '[', isValue)
  if (word !== 'values') return undefined
  let end = endOfValues(tokens, at + 1, '(', isNoQuery)
  while (end !== undefined && tokens[end + 1]?.text === ',') {
    const next = endOfValues(tokens, end + 2, '(', isNoQuery)
    if (next === undefined) break
    end = next
  }
  return end
}

type Allowed = (token: ShapeToken, before: ShapeToken | undefined) => boolean

function endOfValues(tokens: readonly ShapeToken[], at: number, opening: string, allowed: Allowed): number | undefined {
  if (tokens[at]?.text !== opening) return undefined
  let depth = 0
  for (let index = at; index < tokens.length; index += 1) {
    const token = tokens[index]
    if (token === undefined || !allowed(token, tokens[index - 1])) return undefined
    if (token.kind === 'mark' && (token.text === '(' || token.text === '[')) depth += 1
    if (token.kind === 'mark' && (token.text === ')' || token.text === ']')) depth -= 1
    if (depth === 0) return index
  }
  return undefined
}

function isValue(token: ShapeToken, before: ShapeToken | undefined): boolean {
  if (token.kind === 'literal' || token.kind === 'mark') return true
  if (token.kind === 'operator') return token.text === '-' || token.text === '+'
  // A type: `?::int`, `?::app.mood`, `?::double precision`.
  const ofType = before !== undefined && (before.text === '::' || before.text === '.' || before.text === 'double')
  return ofType || (token.kind === 'word' && VALUE_WORDS.has(token.text))
}

/** Stops at the next VALUES too, so that no token is looked at by two lists. */
function isNoQuery(token: ShapeToken): boolean {
  return token.kind !== 'word' || (token.text !== 'select' && token.text !== 'with' && token.text !== 'values')
}

/** The tokens as one line, always spaced in the same way. */
export function joinTokens(tokens: readonly ShapeToken[]): string {
  const parts: string[] = []
  let before: ShapeToken | undefined
  for (const token of tokens) {
    if (before !== undefined && isApart(before, token)) parts.push(' ')
    parts.push(token.text)
    before = token
  }
  return parts.join('')
}

function isApart(before: ShapeToken, token: ShapeToken): boolean {
  if (before.kind === 'mark' && NO_BLANK_AFTER.has(before.text)) return false
  if (token.kind === 'mark' && NO_BLANK_BEFORE.has(token.text)) return before.text === ',' && token.text !== ','
  if (token.text !== '(') return true
  return before.kind === 'quoted' ? false : before.kind !== 'word' || APART.has(before.text)
}

import type { Plan, PlanNode } from '../plan.js'
import { tableOf } from '../walk.js'

/** The columns of a node's own table that its conditions compare, by name and in the order of the text. */
export interface ComparedColumns {
  /** `=`, `= ANY`, `IS NULL`. */
  readonly equal: readonly string[]
  /** `<`, `<=`, `>`, `>=`. */
  readonly range: readonly string[]
  /** `<>`, `LIKE`, regular expressions, `IS NOT NULL`: known to statistics, but not to an index. */
  readonly other: readonly string[]
  /** Any one of the comparisons is enough: there is an `OR`. */
  readonly alternative: boolean
}

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[\p{L}_$][\p{L}\p{N}_$]*|\d[\d.]*|::|[=<>!~@#%^&|*/+-]+|\s+|[^]/gu
const COMPARISON = /^(?:=|<|<=|>|>=|<>|!?~~?\*?)$/
const RANGE = /^[<>]=?$/

/** Columns that stand in a function or a cast to another type are not compared as an index has them and are left out. */
export function comparedColumns(plan: Plan, node: PlanNode, conditions: readonly (string | undefined)[]): ComparedColumns {
  const columns = tableOf(plan, node)?.columns ?? []
  const equal = new Set<string>()
  const range = new Set<string>()
  const other = new Set<string>()
  let alternative = false
  for (const text of conditions) {
    const tokens = (text?.match(TOKEN) ?? []).filter((token) => token.trim() !== '')
    alternative ||= tokens.includes('OR')
    tokens.forEach((token, at) => {
      const name = token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token
      if (!columns.includes(name) || tokens[at - 1] === '::') return
      const operator = operatorAt(tokens, at, node.relation?.alias)
      if (operator !== undefined) (operator === '=' ? equal : RANGE.test(operator) ? range : other).add(name)
    })
  }
  const notEqual = (name: string): boolean => !equal.has(name)
  return {
    equal: [...equal],
    range: [...range].filter(notEqual),
    other: [...other].filter((name) => notEqual(name) && !range.has(name)),
    alternative,
  }
}

function operatorAt(tokens: readonly string[], at: number, alias: string | undefined): string | undefined {
  let before = at - 1
  let after = at + 1
  if (tokens[before] === '.') {
    if (tokens[before - 1]?.replaceAll('"', '') !== alias) return undefined
    before -= 2
  }
  // (code)::text: the type that varchar is compared in.
  if (tokens[before] === '(' && tokens[after] === ')') {
    if (/^[\p{L}_"]/u.test(tokens[before - 1] ?? '') && !/^(?:AND|OR|NOT)$/.test(tokens[before - 1] ?? '')) return undefined
    before -= 1
    after += 1
  }
  if (tokens[after] === '::') {
    if (tokens[after + 1] !== 'text') return undefined
    after += 2
  }
  const next = tokens[after] ?? ''
  if (COMPARISON.test(next)) return next
  if (next === 'IS') return tokens[after + 1] === 'NULL' ? '=' : '<>'
  const previous = tokens[before] ?? ''
  return COMPARISON.test(previous) ? previous : undefined
}

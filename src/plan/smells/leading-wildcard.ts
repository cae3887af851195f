import { createIndex } from '../../primitives/create-index.js'
import type { Plan } from '../plan.js'
import { formatCount } from '../print.js'
import { ownComparisons, type OwnComparison } from './own-comparisons.js'
import type { Smell } from './smell.js'
import { wastefulFilters } from './wasteful-filters.js'

/** What a trigram index looks up. */
const TRIGRAM = 3

/** A pattern without a beginning: no order of the values helps to find it. */
export const leadingWildcard: Smell = {
  id: 'leading-wildcard',
  title: 'A pattern without a beginning is looked for in every row',
  find: (plan) =>
    wastefulFilters(plan).flatMap(({ node, filter, rows, table }) =>
      ownComparisons(plan, node, [filter]).flatMap((one) => {
        const pattern = one.alternative ? undefined : openPattern(plan, one)
        if (pattern === undefined) return []
        return [
          {
            node,
            text: `looks for ${pattern.text} in every value of ${one.indexable}, and reads ${formatCount(rows.examined)} rows of ${table} to return ${formatCount(rows.returned)}`,
            remedy:
              pattern.longest < TRIGRAM
                ? `Ask for at least ${TRIGRAM} characters: with fewer no index finds anything`
                : `CREATE EXTENSION IF NOT EXISTS pg_trgm; ${createIndex({ on: table, method: 'gin', columns: [one.indexable], operatorClass: 'gin_trgm_ops' })}`,
          },
        ]
      }),
    ),
}

interface OpenPattern {
  readonly text: string
  /** Characters of its longest part without a wildcard. */
  readonly longest: number
}

/** LIKE and ILIKE whose pattern begins with a wildcard, regular expressions that do not begin with ^. */
function openPattern(plan: Plan, { operator, value = '', quantifier, kind }: OwnComparison): OpenPattern | undefined {
  const isLike = operator === '~~' || operator === '~~*'
  const isRegex = operator === '~' || operator === '~*'
  const text = kind === 'other' && quantifier === undefined && (isLike || isRegex) ? literalOf(plan, value) : undefined
  if (text === undefined || text === '' || !(isLike ? /^[%_]/ : /^[^^]/).test(text)) return undefined
  const parts = isLike ? text.split(/[%_]/) : text.split(/[^\p{L}\p{N} @-]/u)
  return { text: `'${text}'`, longest: Math.max(...parts.map((part) => Array.from(part).length)) }
}

/** `'%x%'::text`, or the value of `$1` in a generic plan. */
function literalOf({ params }: Plan, value: string): string | undefined {
  const quoted = /^'((?:[^']|'')*)'/.exec(value)?.[1]
  if (quoted !== undefined) return quoted.replaceAll("''", "'")
  const number = /^\$(\d+)$/.exec(value)?.[1]
  const param = number === undefined ? undefined : params[Number(number) - 1]
  return typeof param === 'string' ? param : undefined
}

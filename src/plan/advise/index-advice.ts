import { formatCount } from '../print.js'
import { PLACES, printCost, type ProofPlace } from './fix-proof.js'
import type { IndexCandidate } from './index-candidate.js'

/** What the indexes do for the statements of one shape. */
export interface StatementGain {
  readonly shape: string
  /** How often it ran. */
  readonly times: number
  /** Buffers of one execution, that which read most. */
  readonly before: number
  readonly after: number
}

/** One index of the set. */
export interface AdvisedIndex {
  /** The statement that makes it. */
  readonly ddl: string
  readonly candidate: IndexCandidate
  /** Statements that use it; their numbers are with the whole set. */
  readonly statements: readonly StatementGain[]
  readonly bytes: number | undefined
  /** How many more buffers one INSERT touches because of it; `undefined` when that could not be measured. */
  readonly insertBuffers: number | undefined
}

/** Evidence of `postgres.adviseIndexes`: the smallest set of indexes that is of use to a recording. Immutable. */
export interface IndexAdvice {
  readonly kind: 'index-advice'
  readonly place: ProofPlace
  /** Why it was not a clone of the template; empty when it was. */
  readonly elsewhere: string
  /** The most useful first. Empty when none helps. */
  readonly indexes: readonly AdvisedIndex[]
  /** Every statement that could be run again, used by an index or not. */
  readonly statements: readonly StatementGain[]
  /** Over all executions of these statements. */
  readonly before: number
  readonly after: number
  /** Candidates that were built and were of less use. */
  readonly needless: readonly string[]
  /** Candidates for which no time was left. */
  readonly untried: number
  /** Why there is nothing; empty when there is something. */
  readonly why: string
  readonly elapsedMs: number
  readonly toString: () => string
}

/** Makes the evidence, which prints itself. */
export function makeIndexAdvice(facts: Omit<IndexAdvice, 'kind' | 'toString'>): IndexAdvice {
  const advice = { kind: 'index-advice', ...facts } as const
  Object.defineProperty(advice, 'toString', { value: (): string => printIndexAdvice(advice).join('\n') })
  return Object.freeze(advice)
}

const SHOWN_STATEMENTS = 3
const SHAPE_LENGTH = 90

function printIndexAdvice({ indexes, before, after, place, elsewhere, untried, why }: Omit<IndexAdvice, 'toString'>): readonly string[] {
  if (indexes.length === 0) return [`No index is advised: ${why}`]
  const number = indexes.length === 1 ? '1 index saves' : `${indexes.length} indexes save`
  return [
    `${number} ${formatCount(before - after)} of ${formatCount(before)} buffers (${PLACES[place]}${elsewhere === '' ? '' : `: ${elsewhere}`}):`,
    ...indexes.flatMap(({ ddl, statements, ...cost }) => [
      `  ${ddl}`,
      ...statements.slice(0, SHOWN_STATEMENTS).map(printGain),
      ...(statements.length > SHOWN_STATEMENTS ? [`    … ${statements.length - SHOWN_STATEMENTS} more`] : []),
      ...printCost(cost).map((line) => `    ${line}`),
    ]),
    ...(untried === 0 ? [] : [`  Time was up before ${untried} more could be tried.`]),
  ]
}

function printGain({ shape, times, before, after }: StatementGain): string {
  const text = shape.replaceAll(/\s+/g, ' ').trim()
  const clipped = text.length <= SHAPE_LENGTH ? text : `${text.slice(0, SHAPE_LENGTH - 1)}…`
  return `    ${formatCount(times)}× ${clipped}   ${formatCount(before)} → ${formatCount(after)} buffers`
}

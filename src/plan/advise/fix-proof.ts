import type { Plan } from '../plan.js'
import { describeNode, formatCount } from '../print.js'
import { indexUses, pathTo } from '../walk.js'
import type { PlanWork } from '../work.js'
import type { IndexCandidate } from './index-candidate.js'
import type { IndexTrial } from './trial.js'

/** An index that was really built, and what it did for the statement. */
export interface ProvedIndex {
  /** The statement that makes it. */
  readonly ddl: string
  readonly candidate: IndexCandidate
  /** The name that PostgreSQL gives it. */
  readonly index: string | undefined
  /** The plan that the statement has with it. */
  readonly plan: Plan
  readonly before: PlanWork
  readonly after: PlanWork
  /** Its size. */
  readonly bytes: number | undefined
  /** How many more buffers one INSERT touches because of it; `undefined` when that could not be measured. */
  readonly insertBuffers: number | undefined
  /** An index that the table has, with the same columns in an order that does not serve. */
  readonly misordered: string | undefined
}

/**
 * Where indexes were built: in a throw-away clone of the template; in the suite's own database, in a transaction that was rolled back; in the
 * transaction that is the suite; or nowhere.
 */
export type ProofPlace = 'template' | 'suite' | 'transaction' | 'nowhere'

/** Evidence of `postgres.proveFix`. Immutable. */
export interface FixProof {
  readonly kind: 'fix-proof'
  /** The plan that was to be improved. */
  readonly plan: Plan
  readonly place: ProofPlace
  /** Why it was not the template; empty when it was. */
  readonly elsewhere: string
  /** The index to make; `undefined` when none helps. */
  readonly fix: ProvedIndex | undefined
  /** Others that help as well: for less space, or for fewer buffers. */
  readonly alternatives: readonly ProvedIndex[]
  readonly trials: readonly IndexTrial[]
  /** Candidates for which no time was left. */
  readonly untried: number
  /** Why there is no fix; empty when there is one. */
  readonly why: string
  readonly elapsedMs: number
  /** The text that a failed expectation shows. */
  readonly toString: () => string
}

/** Makes the evidence, which prints itself. */
export function makeFixProof(facts: Omit<FixProof, 'kind' | 'toString'>): FixProof {
  const proof = { kind: 'fix-proof', ...facts } as const
  Object.defineProperty(proof, 'toString', { value: (): string => printFixProof(proof).join('\n') })
  return Object.freeze(proof)
}

/** How messages tell where indexes were built. */
export const PLACES: Readonly<Record<ProofPlace, string>> = {
  template: 'really built in a throw-away clone of the template',
  suite: "really built in the suite's own database and rolled back",
  transaction: "really built in the test's transaction and undone",
  nowhere: '',
}

function printFixProof({ fix, alternatives, why, place, elsewhere, untried, trials }: Omit<FixProof, 'toString'>): readonly string[] {
  if (fix === undefined)
    return [
      `No index is proposed: ${why}`,
      ...(place === 'nowhere' || elsewhere === '' ? [] : [`  ${elsewhere}, so it was ${PLACES[place]}.`]),
    ]
  const late = untried + trials.filter(({ outcome }) => outcome === 'late').length
  return [
    `Tried for you (${PLACES[place]}${elsewhere === '' ? '' : `: ${elsewhere}`}):`,
    `  ${fix.ddl}`,
    `  ${printWork(fix)}   ${printHead(fix)}`,
    ...printCost(fix).map((line) => `  ${line}`),
    ...(fix.misordered === undefined ? [] : [`  ${fix.misordered} has these columns in an order that does not serve.`]),
    ...alternatives
      .slice(0, 2)
      .map((one) => `  Also: ${one.ddl}  ${printWork(one)}${one.bytes === undefined ? '' : `, ${printBytes(one.bytes)}`}`),
    ...(late === 0 ? [] : [`  Time was up before ${late} more could be tried.`]),
  ]
}

/** `4,616 → 62 buffers` */
export function printWork({ before, after }: Pick<ProvedIndex, 'before' | 'after'>): string {
  return `${formatCount(before.count)} → ${formatCount(after.count)} ${after.unit === 'cost' ? 'of estimated cost' : 'buffers'}`
}

/** `It costs 2.1 MB, and 3 more buffers for each INSERT.` */
export function printCost({ bytes, insertBuffers }: Pick<ProvedIndex, 'bytes' | 'insertBuffers'>): readonly string[] {
  const parts = [
    ...(bytes === undefined ? [] : [printBytes(bytes)]),
    ...(insertBuffers === undefined ? [] : [`${insertBuffers} more ${insertBuffers === 1 ? 'buffer' : 'buffers'} for each INSERT`]),
  ]
  return parts.length === 0 ? [] : [`It costs ${parts.join(', and ')}.`]
}

/** The new way to the rows: `Limit ← Index Scan using orders_user_id_idx on orders`. */
function printHead({ plan, index }: ProvedIndex): string {
  const use = indexUses(plan).find((one) => index !== undefined && [one.node.index, one.index?.parent].includes(index))
  const path = use === undefined ? [plan.root] : pathTo(plan, use.node)
  return path.map((node, at) => (at === path.length - 1 ? describeNode(node) : node.type)).join(' ← ')
}

export function printBytes(bytes: number): string {
  return bytes < 1_000_000 ? `${formatCount(Math.ceil(bytes / 1_000))} kB` : `${formatCount(Math.round(bytes / 100_000) / 10)} MB`
}

import type { Deadline } from '../../primitives/deadline.js'
import { makeIndexAdvice, type AdvisedIndex, type IndexAdvice, type StatementGain } from './index-advice.js'
import type { IndexCandidate } from './index-candidate.js'
import { createShelf, shelveIndex, type BuiltIndex, type IndexShelf, type Reading } from './index-shelf.js'
import { measureInsertCost } from './insert-cost.js'
import { sizeOf } from './trial.js'
import { limitStatements, type Workbench } from './workbench.js'
import type { WorkloadStatement } from './workload.js'
import { monotonicMs } from '../../primitives/real-time.js'

/** Where and for how long indexes are tried. */
export interface AdviceRequest extends Pick<IndexAdvice, 'place' | 'elsewhere'> {
  readonly deadline: Deadline
  readonly startedAt: number
}

/** When so much of the time is left, no further index is built, so that those there are can be measured. */
const MEASURING_SHARE = 0.4
/** An index that saves less than this share of the whole is not worth its while. */
const LEAST_SHARE = 0.01
/** A covering index takes more space with every row, so it has to save this share more than a plain one. */
const COVERING_SHARE = 0.05

/**
 * Builds all candidates, then takes the one that saves most, and again the one that saves most beside those that were taken, until none saves
 * enough. What a later one has made needless is left out at last. The session is in a transaction, and everything is to be undone with it.
 */
export async function chooseIndexes(
  bench: Workbench,
  statements: readonly WorkloadStatement[],
  candidates: readonly IndexCandidate[],
  { deadline, startedAt, ...site }: AdviceRequest,
): Promise<IndexAdvice> {
  const measuringMs = deadline.remainingMs() * MEASURING_SHARE
  const built: BuiltIndex[] = []
  let untried = 0
  for (const [number, candidate] of candidates.entries()) {
    const isLate = (): boolean => deadline.isOver() || deadline.remainingMs() < measuringMs
    const index = isLate() ? undefined : await shelveIndex(bench, candidate, number, deadline)
    if (index !== undefined) built.push(index)
    else if (isLate()) untried += 1
  }
  const shelf = createShelf(bench, statements, built, deadline)
  const before = await shelf.read([])
  const whole = sum(before)
  const set = await dropNeedless(shelf, await chooseGreedily(shelf, built, whole, deadline), whole)
  const after = await shelf.read(set)
  const gains = [...before].map(([statement, reading]) => gainOf(statement, reading, after.get(statement)))
  const indexes: AdvisedIndex[] = []
  for (const index of set) {
    const users = gains.filter((_, at) => [...after.values()][at]?.used.includes(index.name))
    indexes.push({
      ddl: index.candidate.ddl,
      candidate: index.candidate,
      statements: users,
      ...(await costOf(bench, shelf, set, index, deadline)),
    })
  }
  return makeIndexAdvice({
    ...site,
    indexes,
    statements: gains,
    before: whole,
    after: sum(after),
    needless: built.filter((index) => !set.includes(index)).map(({ candidate }) => candidate.ddl),
    untried,
    why: set.length > 0 ? '' : explainNothing(built.length, untried),
    elapsedMs: monotonicMs() - startedAt,
  })
}

async function chooseGreedily(
  shelf: IndexShelf,
  built: readonly BuiltIndex[],
  whole: number,
  deadline: Deadline,
): Promise<readonly BuiltIndex[]> {
  const chosen: BuiltIndex[] = []
  let total = whole
  let rest = built
  while (rest.length > 0 && !deadline.isOver()) {
    const scored: { readonly index: BuiltIndex; readonly total: number; readonly score: number }[] = []
    for (const index of rest) {
      if (deadline.isOver()) break
      const withIndex = sum(await shelf.read([...chosen, index]))
      scored.push({
        index,
        total: withIndex,
        score: total - withIndex - (index.candidate.included.length > 0 ? whole * COVERING_SHARE : 0),
      })
    }
    const best = Math.max(0, ...scored.map(({ score }) => score))
    if (best <= whole * LEAST_SHARE) break
    // Of those that save as much, the simplest.
    const [taken] = scored
      .filter(({ score }) => score >= best - whole * LEAST_SHARE)
      .toSorted((a, b) => complexity(a.index) - complexity(b.index) || b.score - a.score)
    if (taken === undefined) break
    chosen.push(taken.index)
    total = taken.total
    // What saves nothing beside fewer indexes saves nothing beside more.
    rest = scored.filter(({ index, score }) => index !== taken.index && score > whole * LEAST_SHARE).map(({ index }) => index)
  }
  return chosen
}

async function dropNeedless(shelf: IndexShelf, chosen: readonly BuiltIndex[], whole: number): Promise<readonly BuiltIndex[]> {
  let set = chosen
  for (const index of chosen) {
    const others = set.filter((one) => one !== index)
    if (sum(await shelf.read(others)) - sum(await shelf.read(set)) <= whole * LEAST_SHARE) set = others
  }
  return set
}

function complexity({ candidate: { equality, rest, included, predicate } }: BuiltIndex): number {
  return equality.length + rest.length + included.length + (predicate === undefined ? 0 : 1)
}

function sum(readings: ReadonlyMap<WorkloadStatement, Reading>): number {
  return [...readings].reduce((total, [{ times }, { buffers }]) => total + times * buffers, 0)
}

function gainOf({ shape, times }: WorkloadStatement, before: Reading, after: Reading | undefined): StatementGain {
  return { shape, times, before: before.buffers, after: after?.buffers ?? before.buffers }
}

async function costOf(
  bench: Workbench,
  shelf: IndexShelf,
  set: readonly BuiltIndex[],
  { candidate, path }: BuiltIndex,
  deadline: Deadline,
): Promise<Pick<AdvisedIndex, 'bytes' | 'insertBuffers'>> {
  return shelf.only(set, async () => {
    await limitStatements(bench, deadline.remainingMs() + 1_000)
    return { bytes: await sizeOf(bench, path), insertBuffers: await measureInsertCost(bench, candidate.table, path) }
  })
}

function explainNothing(built: number, untried: number): string {
  if (built === 0)
    return untried === 0
      ? 'PostgreSQL built none of the candidates.'
      : `none of ${untried} could be built in time; { timeoutMs } waits longer.`
  return `${built === 1 ? 'one was' : `${built} were`} built, and the statements read about as much with ${built === 1 ? 'it' : 'them'} as without.`
}

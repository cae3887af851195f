import type { Deadline } from '../../primitives/deadline.js'
import { quoteName } from '../../primitives/sql-name.js'
import type { Plan } from '../plan.js'
import { indexUses, planNodes } from '../walk.js'
import { buffersOf } from '../work.js'
import type { IndexCandidate } from './index-candidate.js'
import { buildIndex, explainAgain } from './trial.js'
import { kept, limitStatements, rethrowLost, undone, type Workbench } from './workbench.js'
import type { WorkloadStatement } from './workload.js'

/** An index that stands on the workbench, together with others. */
export interface BuiltIndex {
  readonly candidate: IndexCandidate
  readonly name: string
  /** With its schema, quoted. */
  readonly path: string
}

/** What one execution of a statement reads, and which of the built indexes it uses for it. */
export interface Reading {
  readonly buffers: number
  readonly used: readonly string[]
}

/** Measures what statements read with some of the built indexes. */
export interface IndexShelf {
  /** Of statements that cannot be run again nothing is known. */
  readonly read: (set: readonly BuiltIndex[]) => Promise<ReadonlyMap<WorkloadStatement, Reading>>
  /** Runs `work` while the others are not there. */
  readonly only: <Result>(set: readonly BuiltIndex[], work: () => Promise<Result>) => Promise<Result>
}

/** Builds one index to stay, or says why not: PostgreSQL refuses it, or it is too late. */
export async function shelveIndex(
  bench: Workbench,
  candidate: IndexCandidate,
  number: number,
  deadline: Deadline,
): Promise<BuiltIndex | undefined> {
  const name = `hotbed_candidate_${number}`
  try {
    await kept(bench, async () => {
      await limitStatements(bench, deadline.remainingMs())
      await bench.session.query("SET LOCAL maintenance_work_mem = '256MB'")
      await buildIndex(bench, candidate, name)
    })
    return { candidate, name, path: `${quoteName(candidate.table.schema)}.${name}` }
  } catch (error) {
    rethrowLost(error)
    return undefined
  }
}

/** Each set is asked for several times, and most statements read other tables than the index that was added. */
export function createShelf(
  bench: Workbench,
  statements: readonly WorkloadStatement[],
  built: readonly BuiltIndex[],
  deadline: Deadline,
): IndexShelf {
  const known = new Map<string, Reading | undefined>()
  const keyOf = (statement: WorkloadStatement, set: readonly BuiltIndex[]): string =>
    `${statements.indexOf(statement)} ${set
      .filter(({ candidate: { table } }) =>
        statement.plan.schema.tables.some(({ schema, name }) => schema === table.schema && name === table.name),
      )
      .map(({ name }) => name)
      .toSorted()
      .join(' ')}`
  const only: IndexShelf['only'] = (set, work) =>
    undone(bench, async () => {
      const others = built.filter((index) => !set.includes(index))
      if (others.length > 0) await bench.session.query(`DROP INDEX ${others.map(({ path }) => path).join(', ')}`)
      return work()
    })
  const read: IndexShelf['read'] = async (set) => {
    const unknown = statements.filter((statement) => !known.has(keyOf(statement, set)))
    if (unknown.length > 0) {
      await only(set, async () => {
        for (const statement of unknown) {
          const without = known.get(keyOf(statement, []))
          const reading = await readStatement(bench, statement.plan, set, without, deadline).catch((error: unknown) => {
            rethrowLost(error)
            return without
          })
          known.set(keyOf(statement, set), reading)
        }
      })
    }
    return new Map(
      statements.flatMap((statement) => {
        const reading = known.get(keyOf(statement, set))
        return reading === undefined ? [] : [[statement, reading] as const]
      }),
    )
  }
  return { read, only }
}

async function readStatement(
  bench: Workbench,
  plan: Plan,
  set: readonly BuiltIndex[],
  without: Reading | undefined,
  deadline: Deadline,
): Promise<Reading> {
  const names = set.map(({ name }) => name)
  if (without !== undefined) {
    const estimated = await explainAgain(bench, plan, deadline, false)
    const writes = planNodes(estimated).some(({ type }) => type === 'ModifyTable')
    // What writes has to keep the index up to date, also when it does not use it.
    if (!writes && usedOf(estimated, names).length === 0) return without
  }
  const measured = await explainAgain(bench, plan, deadline, true)
  return { buffers: buffersOf(measured), used: usedOf(measured, names) }
}

function usedOf(plan: Plan, names: readonly string[]): readonly string[] {
  const used = new Set(indexUses(plan).flatMap(({ node, index }) => [node.index, index?.parent]))
  return names.filter((name) => used.has(name))
}

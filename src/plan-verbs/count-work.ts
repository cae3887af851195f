import { buffersOf, countExaminedRows } from '../plan/work.js'
import type { GrowthPoint, WorkCounts, WorkDone } from '../plan/growth/work-growth.js'
import type { Plan } from '../plan/plan.js'
import type { NestedStatement, RecordedEvent, Recording, Statement } from '../wire/recording/recording.js'
import { commandWord } from '../wire/sql-shape.js'

/** What was done, without the size that it was done at, and why some of it could not be counted. */
export type CountedWork = Omit<GrowthPoint, 'size'> & { readonly planless: string | undefined }

const PLANNED: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'VALUES', 'TABLE', 'WITH'])

/** Counts what one executed plan did. */
export function countPlan(plan: Plan): CountedWork {
  const counts = countsOf(plan)
  return { counts, work: [{ store: 'postgres', text: plan.sql, times: 1, counts, plan }], planless: undefined }
}

/** Counts what was recorded, in all and by kind. Without every plan neither buffers nor rows are known. */
export function countRecording({ statements, commands, timeline }: Recording): CountedWork {
  const without = statements.find((statement) => statement.plan === undefined && isPlanned(statement))
  const isKnown = without === undefined
  const work = [
    ...groupBy(statements, ({ shape }) => shape).map(([shape, group]) => countStatements(shape, group, isKnown)),
    ...groupBy(commands, ({ name }) => name).map(([name, { length }]): WorkDone => {
      return { store: 'redis', text: name, times: length, counts: { commands: length }, plan: undefined }
    }),
  ]
  const sum = (measure: 'buffers' | 'rowsExamined'): number => work.reduce((total, { counts }) => total + (counts[measure] ?? 0), 0)
  const read = isKnown ? { buffers: sum('buffers'), rowsExamined: sum('rowsExamined') } : {}
  return {
    counts: { ...read, statements: statements.length, roundTrips: countRoundTrips(timeline), commands: commands.length },
    work,
    planless: isKnown ? undefined : `${without.planUnavailable ?? 'it was recorded without plans'}: ${without.shape}`,
  }
}

function isPlanned({ sql, error, isPartial }: Statement): boolean {
  return error === undefined && !isPartial && PLANNED.has(commandWord(sql) ?? '')
}

function countStatements(shape: string, group: readonly Statement[], isKnown: boolean): WorkDone {
  const counted = group.map((statement): { readonly plan: Plan | undefined; readonly counts: WorkCounts } => ({
    plan: statement.plan,
    counts: isKnown ? countStatement(statement) : {},
  }))
  const sum = (measure: 'buffers' | 'rowsExamined'): number => counted.reduce((total, { counts }) => total + (counts[measure] ?? 0), 0)
  const [heaviest] = counted.toSorted((a, b) => (b.counts.buffers ?? 0) - (a.counts.buffers ?? 0))
  const read = isKnown ? { buffers: sum('buffers'), rowsExamined: sum('rowsExamined') } : {}
  return { store: 'postgres', text: shape, times: group.length, counts: { ...read, statements: group.length }, plan: heaviest?.plan }
}

/** With what the server ran within it. */
function countStatement({ plan, nested }: Statement | NestedStatement): Required<Pick<WorkCounts, 'buffers' | 'rowsExamined'>> {
  const own = plan === undefined ? { buffers: 0, rowsExamined: 0 } : countsOf(plan)
  const within = nested.map((one) => countStatement(one.totals === undefined ? one : { ...one, plan: one.totals }))
  const sum = (measure: 'buffers' | 'rowsExamined'): number => within.reduce((total, counts) => total + counts[measure], 0)
  // Foreign keys are checked and cascade when the statement itself has ended. A function's buffers stand in the plan that calls it.
  const runsAfter = plan === undefined || plan.root.type === 'ModifyTable'
  return { buffers: own.buffers + (runsAfter ? sum('buffers') : 0), rowsExamined: own.rowsExamined + sum('rowsExamined') }
}

function countsOf(plan: Plan): { readonly buffers: number; readonly rowsExamined: number } {
  return { buffers: buffersOf(plan), rowsExamined: countExaminedRows(plan) }
}

/** Requests to the stores that a connection sent while none of its earlier ones was without its reply. */
function countRoundTrips(timeline: readonly RecordedEvent[]): number {
  const busyUntil = new Map<string, number>()
  let trips = 0
  for (const { store, connection, start, end = Infinity } of timeline) {
    if (store === 'upstream') continue
    const key = `${store} ${connection}`
    const until = busyUntil.get(key) ?? -1
    if (start > until) trips += 1
    busyUntil.set(key, Math.max(until, end))
  }
  return trips
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): readonly (readonly [string, readonly Item[]])[] {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return [...groups]
}

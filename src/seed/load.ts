import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { bindDataset, type BoundDataset, type BoundTable } from './bind-dataset.js'
import type { DatasetTables } from './dataset.js'
import { toDatasetContent, type DatasetContent } from './dataset-content.js'
import { introspect } from './introspect.js'
import { explainLoadError } from './load-error.js'
import { loadGroup, type GroupOptions, type LoadedGroup } from './load-group.js'
import type { LoadedTable, LoadProgress, LoadReport } from './load-report.js'
import { openLoadSession, type LoadSession, type LoadTarget } from './load-session.js'
import { countsOf, refuseLoaded } from './loaded-before.js'
import { orderTables } from './order.js'
import { readRegistrations } from './shards/ledger.js'
import { loadShard } from './shards/load-shard.js'
import { refuseUnfinished } from './shards/register-dataset.js'
import { readShard, type LoadedShard } from './shards/shard.js'
import { updateStatistics, type StatisticsMode } from './statistics.js'
import { tryChecks } from './try-checks.js'
import { monotonicMs } from '../primitives/real-time.js'

/** More connections do not help: one process makes the rows. */
const CONNECTIONS = 2

const LOAD_OPTIONS = ['statistics', 'triggers', 'onProgress', 'signal']

export interface LoadOptions {
  /**
   * - `exact`: ANALYZE reads every row (up to 3 million per table), so that the same dataset has the same statistics and plans.
   * - `sampled`: ANALYZE samples, as in production: about 2 s per million rows faster.
   *
   * @default as the dataset says, else 'exact'
   */
  readonly statistics?: StatisticsMode
  /** Whether the tables' triggers fire for each row. With `'fire'`, what they write comes on top of the dataset. @default 'skip' */
  readonly triggers?: 'skip' | 'fire'
  /** Told while rows are written. */
  readonly onProgress?: (progress: LoadProgress) => void
  /** Gives up the load; the tables are then as before. */
  readonly signal?: AbortSignal
}

export interface SeedOptions extends LoadOptions {
  /**
   * Writes one part of the dataset, such as `'3/16'`, while other machines write the others: all parts together are what one load gives.
   *
   * @default the whole dataset
   */
  readonly shard?: string
}

/** The evidence of a load: what was done, and what the database now holds. */
export interface SeededDatabase extends LoadReport {
  /** Of the whole dataset, also when a shard of it was loaded. */
  readonly dataset: BoundDataset
  /** What became of the shard, when one was loaded. */
  readonly shard?: LoadedShard
}

/**
 * Loads a dataset into a migrated database. Tables that foreign keys tie together are loaded in one transaction: they end up with all rows, all
 * indexes and constraints as they were, or unchanged.
 *
 * @example
 * await seed(suite.postgres, { users: 100_000, orders: 1_000_000 })
 *
 * @param target a suite's `postgres`, or a URL of the owner of the tables
 * @throws {HotbedError} `ERR_HOTBED_DATASET` before anything is written, for what does not fit the schema; `ERR_HOTBED_SEED` when the load failed
 * or the dataset is there already. A shard that is there already is no error: nothing is written, and `shard.isNew` is false
 */
export async function seed(
  target: LoadTarget | string,
  dataset: DatasetContent | DatasetTables,
  options: SeedOptions = {},
): Promise<SeededDatabase> {
  checkOptionNames(options, [...LOAD_OPTIONS, 'shard'], 'seed()')
  const { shard: given, ...loadOptions } = options
  const shard = given === undefined ? undefined : readShard(given)
  const defined = toDatasetContent(dataset)
  return withLoadSessions(target, loadOptions, async (first, open, powers) => {
    if (shard !== undefined) return loadShard(first, open, powers, defined, shard, loadOptions)
    const schema = await introspect(first)
    await refuseLoaded(first, defined, schema)
    await refuseUnfinished(first, await readRegistrations(first), [...countsOf(defined, schema).keys()])
    return runLoad(first, open, powers, await bindDataset(defined, schema), loadOptions)
  })
}

export type Powers = Pick<GroupOptions, 'isSuperuser' | 'fireTriggers'>

/** Checks options, connects, and learns what the role may do. */
export async function withLoadSessions<T>(
  target: LoadTarget | string,
  options: LoadOptions,
  act: (first: LoadSession, open: () => Promise<LoadSession>, powers: Powers) => Promise<T>,
): Promise<T> {
  checkOptionNames(options, LOAD_OPTIONS, 'seed()')
  const { statistics = 'exact', triggers = 'skip' } = options
  if (statistics !== 'exact' && statistics !== 'sampled') throw wrongOption('statistics', "'exact' or 'sampled'", statistics)
  if (triggers !== 'skip' && triggers !== 'fire') throw wrongOption('triggers', "'skip' or 'fire'", triggers)
  const url = typeof target === 'string' ? target : (target?.adminUrl ?? target?.url)
  if (typeof url !== 'string') throw wrongOption('target', 'a URL, or an object with url and adminUrl', target)
  const sessions: LoadSession[] = []
  const open = async (): Promise<LoadSession> => {
    const session = await openLoadSession(url)
    sessions.push(session)
    return session
  }
  try {
    const first = await open()
    const { rows } = await first.query('SELECT rolsuper FROM pg_roles WHERE rolname = current_user')
    return await act(first, open, { isSuperuser: rows[0]?.['rolsuper'] === true, fireTriggers: triggers === 'fire' })
  } finally {
    await Promise.all(sessions.map((session) => session.close()))
  }
}

/** Loads what is bound: groups on up to two connections, committed together, then statistics. */
export async function runLoad(
  first: LoadSession,
  open: () => Promise<LoadSession>,
  powers: Powers,
  dataset: BoundDataset,
  options: LoadOptions,
): Promise<SeededDatabase> {
  const start = monotonicMs()
  const wanted = [...dataset.tables.values()].filter(({ rows, from }) => rows > from)
  for (const bound of wanted) await tryChecks(first, bound)
  const groups = orderTables(wanted)
  const sessions = groups.length > 1 ? [first, await open()] : [first]
  const { onProgress, signal, statistics = dataset.dataset.statistics } = options
  const loaded = await loadGroups(sessions, dataset, groups, { ...powers, onProgress, signal })
  const sampled = new Map<BoundTable, number>()
  const waiting = [...wanted]
  const statisticsSessions = wanted.length > 1 && sessions.length < CONNECTIONS ? [...sessions, await open()] : sessions
  await Promise.all(
    statisticsSessions.map(async (session) => {
      for (let bound = waiting.pop(); bound !== undefined; bound = waiting.pop()) {
        onProgress?.({
          table: bound.table.id,
          phase: 'statistics',
          rowsDone: bound.rows - bound.from,
          rows: bound.rows - bound.from,
          bytes: 0,
        })
        sampled.set(bound, await updateStatistics(session, dataset.schema, bound, statistics))
      }
    }),
  )
  const tables = loaded.flatMap((group) =>
    [...group.copies.keys()].map((bound) => describeTable(bound, group, sampled.get(bound) ?? 0, powers)),
  )
  const sum = (of: (table: LoadedTable) => number): number => tables.reduce((total, table) => total + of(table), 0)
  return {
    dataset,
    tables,
    rows: sum(({ rows }) => rows),
    bytes: sum(({ bytes }) => bytes),
    seconds: (monotonicMs() - start) / 1000,
    notes: notesOf(tables, powers, statistics, sampled),
  }
}

/** One connection loads one group after another; all transactions stay open until the last group is in. */
async function loadGroups(
  sessions: readonly LoadSession[],
  dataset: BoundDataset,
  groups: readonly (readonly BoundTable[])[],
  options: GroupOptions,
): Promise<readonly LoadedGroup[]> {
  // A transaction per connection: groups that share one are loaded as one.
  const shares: (readonly BoundTable[])[] = sessions.map(() => [])
  const weight = (share: readonly BoundTable[]): number => share.reduce((total, { rows, from }) => total + rows - from, 0)
  for (const group of groups.toSorted((a, b) => weight(b) - weight(a))) {
    const lightest = shares.reduce((best, share, i) => (weight(share) < weight(shares[best] ?? []) ? i : best), 0)
    shares[lightest] = [...(shares[lightest] ?? []), ...group]
  }
  const abort = new AbortController()
  const signal = options.signal === undefined ? abort.signal : AbortSignal.any([abort.signal, options.signal])
  const ends = await Promise.allSettled(
    sessions.map(async (session, i) => {
      const share = shares[i] ?? []
      if (share.length === 0) return undefined
      try {
        return await loadGroup(session, dataset, share, { ...options, signal })
      } catch (error) {
        abort.abort(error)
        throw error
      }
    }),
  )
  const failure = ends.find((end) => end.status === 'rejected')
  if (failure !== undefined) {
    await Promise.all(sessions.map((session) => session.query('ROLLBACK').catch(() => {})))
    throw abort.signal.reason ?? failure.reason
  }
  for (const session of sessions) {
    await session.query('COMMIT').catch((error: unknown) => {
      throw explainLoadError(error, 'committing')
    })
  }
  return ends.flatMap((end) => (end.status === 'fulfilled' && end.value !== undefined ? [end.value] : []))
}

function describeTable(bound: BoundTable, group: LoadedGroup, sampledRows: number, { fireTriggers }: Powers): LoadedTable {
  const { table } = bound
  const copy = group.copies.get(bound)
  const parts = new Set([table.id, ...table.partitions.map(({ id }) => id)])
  const rebuilt = group.plan.indexes.filter((planned) => parts.has(planned.table.id)).map(({ index }) => index.name)
  return {
    table: table.id,
    rows: copy?.rows ?? 0,
    bytes: copy?.bytes ?? 0,
    seconds: copy?.seconds ?? 0,
    format: copy?.format ?? 'binary',
    frozen: copy?.frozen ?? false,
    indexesRebuilt: rebuilt,
    indexesKept:
      rebuilt.length > 0 && table.kind === 'partitioned'
        ? []
        : table.indexes.map(({ name }) => name).filter((name) => !rebuilt.includes(name)),
    foreignKeysChecked: group.plan.foreignKeys.filter((planned) => planned.table.id === table.id).map(({ foreignKey }) => foreignKey.name),
    triggersSkipped: fireTriggers ? [] : table.triggers.filter(({ enabled }) => enabled === 'O').map(({ name }) => name),
    sequences: group.sequences.get(bound) ?? [],
    sampledRows,
  }
}

function notesOf(
  tables: readonly LoadedTable[],
  powers: Powers,
  statistics: StatisticsMode,
  sampled: ReadonlyMap<BoundTable, number>,
): readonly string[] {
  const notes: string[] = []
  if (!powers.isSuperuser) {
    notes.push(
      'Loaded as the owner, not as a superuser: indexes of constraints were kept up row by row, other indexes and foreign keys were dropped and made again in the same transaction. An adminUrl makes it faster.',
    )
  }
  const skipped = tables.flatMap(({ table, triggersSkipped }) => triggersSkipped.map((name) => `${name} of ${table}`))
  if (skipped.length > 0) notes.push(`Triggers did not fire: ${skipped.join(', ')}. triggers: 'fire' lets them.`)
  for (const { table, format } of tables.filter((loaded) => loaded.format === 'text' && loaded.bytes > 0))
    notes.push(`${table} was written as ${format}: it has a type without a binary encoder.`)
  if (statistics === 'exact') {
    for (const [{ table, rows, from }, read] of sampled) {
      const all = table.existingRows + rows - from
      if (read < all)
        notes.push(
          `ANALYZE read ${read.toLocaleString('en')} of ${all.toLocaleString('en')} rows of ${table.id}, which is the most it can.`,
        )
    }
  }
  return notes
}

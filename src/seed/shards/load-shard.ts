import { HotbedError } from '../../primitives/error.js'
import { wrongOption } from '../../primitives/options.js'
import { monotonicMs } from '../../primitives/real-time.js'
import type { BoundTable } from '../bind-dataset.js'
import type { DatasetContent } from '../dataset-content.js'
import type { LoadOptions, Powers, SeededDatabase } from '../load.js'
import { explainLoadError } from '../load-error.js'
import type { LoadedTable } from '../load-report.js'
import type { LoadSession } from '../load-session.js'
import { computeColumns, copyTable, type TableCopy } from '../load-table.js'
import { holdsRow } from '../loaded-before.js'
import { orderTables } from '../order.js'
import { tryChecks } from '../try-checks.js'
import { checkShardable } from './check-shardable.js'
import { finishShards, type FinishedTable } from './finish-shards.js'
import { addShard, forgetStatement, readPresent, type Registration } from './ledger.js'
import { registerDataset, type RegisteredDataset } from './register-dataset.js'
import { listShards, missingShards, shardRows, type LoadedShard, type Shard } from './shard.js'

/** Another process may take a registration away that nobody seems to use. */
const ATTEMPTS = 3

/**
 * Writes one shard of a dataset. Indexes are kept up row by row and no table is locked, as other shards are written meanwhile. Whoever finds all
 * shards there does what is done once.
 */
export async function loadShard(
  first: LoadSession,
  open: () => Promise<LoadSession>,
  powers: Powers,
  content: DatasetContent,
  shard: Shard,
  options: LoadOptions,
): Promise<SeededDatabase> {
  if (powers.fireTriggers)
    throw wrongOption('triggers', "'skip' with shards: what triggers do would depend on which shards are there", 'fire')
  const start = monotonicMs()
  for (let attempt = 1; ; attempt += 1) {
    const registered = await registerDataset(first, content, shard).catch((error: unknown) => {
      throw explainLoadError(error, 'registering the dataset in the table hotbed_shards')
    })
    const parts = partsOf(registered, shard)
    await checkShardable(first, parts, powers.isSuperuser)
    for (const part of parts) await tryChecks(first, part)
    const { registration, bound } = registered
    const copies = await writeShard(first, registration, parts, shard, powers, options)
    if (copies === undefined && attempt < ATTEMPTS) continue
    if (copies === undefined)
      throw new HotbedError('ERR_HOTBED_SEED', { message: 'Other processes keep registering this dataset with other shards.' })
    const missing = missingShards(shard.count, await readPresent(first, registration.dataset))
    const finished = missing.length === 0 ? await finishShards(first, open, registered, powers, options) : undefined
    const loaded: LoadedShard = { ...shard, isNew: copies !== 'there', missing, isLast: finished !== undefined }
    const tables = parts.map((part) => describeTable(part, copies === 'there' ? undefined : copies.get(part), finished?.get(part.table.id)))
    return {
      dataset: bound,
      tables,
      rows: tables.reduce((sum, { rows }) => sum + rows, 0),
      bytes: tables.reduce((sum, { bytes }) => sum + bytes, 0),
      seconds: (monotonicMs() - start) / 1000,
      notes: notesOf(loaded, registration),
      shard: loaded,
    }
  }
}

/** The tables with the rows of the shard, parents first. */
function partsOf({ bound }: RegisteredDataset, shard: Shard): readonly BoundTable[] {
  const wanted = [...bound.tables.values()].filter(({ rows }) => rows > 0)
  return orderTables(wanted)
    .flat()
    .map((table) => {
      const { from, to } = shardRows(table.rows, shard)
      return { ...table, from, rows: to }
    })
}

/** @returns `there` when the shard was there already, `undefined` when the dataset is not registered any more */
async function writeShard(
  session: LoadSession,
  { dataset }: Registration,
  parts: readonly BoundTable[],
  shard: Shard,
  { isSuperuser }: Powers,
  { signal, onProgress }: LoadOptions,
): Promise<ReadonlyMap<BoundTable, TableCopy> | 'there' | undefined> {
  await session.query('BEGIN')
  let doing = `waiting for another process that writes shard ${shard.index}/${shard.count}`
  try {
    if (isSuperuser) await session.query('SET LOCAL session_replication_role = replica')
    await session.query("SET LOCAL lock_timeout = '30s'")
    const state = await addShard(session, dataset, shard.index, shard.count)
    if (state !== 'new') {
      await session.query('ROLLBACK')
      if (state === 'unregistered') return undefined
      await checkPresent(session, dataset, parts, shard)
      return 'there'
    }
    const copies = new Map<BoundTable, TableCopy>()
    for (const part of parts) {
      if (part.rows === part.from) continue
      doing = `writing '${part.table.id}'`
      copies.set(part, await copyTable(session, part, { freeze: false, signal, onProgress }))
      doing = `computing columns of '${part.table.id}'`
      await computeColumns(session, part, false)
    }
    doing = 'committing'
    await session.query('COMMIT')
    return copies
  } catch (error) {
    await session.query('ROLLBACK').catch(() => {})
    throw explainLoadError(error, doing)
  }
}

/** Tables may have been emptied since. */
async function checkPresent(session: LoadSession, dataset: string, parts: readonly BoundTable[], { index, count }: Shard): Promise<void> {
  for (const part of parts) {
    const key = part.table.keys.find(({ isPrimary }) => isPrimary)
    if (key === undefined || part.rows === part.from) continue
    for (const row of [part.from, part.rows - 1]) {
      if ((await holdsRow(session, part, key.columns, row)) !== false) continue
      throw new HotbedError('ERR_HOTBED_SEED', {
        message: `Shard ${index}/${count} was loaded before, but row ${row.toLocaleString('en')} of '${part.table.id}' is not there any more as it was.`,
        remedy: `When the tables were emptied on purpose, say so: ${forgetStatement(dataset)}. Then load all shards.`,
      })
    }
  }
}

function describeTable({ table, from, rows }: BoundTable, copy: TableCopy | undefined, finished: FinishedTable | undefined): LoadedTable {
  return {
    table: table.id,
    rows: copy === undefined ? 0 : rows - from,
    bytes: copy?.bytes ?? 0,
    seconds: copy?.seconds ?? 0,
    format: copy?.format ?? 'binary',
    frozen: false,
    indexesRebuilt: [],
    indexesKept: table.indexes.map(({ name }) => name),
    foreignKeysChecked: finished?.foreignKeysChecked ?? [],
    triggersSkipped: table.triggers.filter(({ enabled }) => enabled === 'O').map(({ name }) => name),
    sequences: finished?.sequences ?? [],
    sampledRows: finished?.sampledRows ?? 0,
  }
}

function notesOf({ index, count, isNew, missing, isLast }: LoadedShard, { isDone }: Registration): readonly string[] {
  const notes: string[] = []
  if (!isNew) notes.push(`Shard ${index}/${count} was there already: nothing was written.`)
  if (missing.length > 0) {
    notes.push(
      `Still missing: ${listShards(missing)} of ${count}. Sequences, foreign keys and statistics are seen to by whichever comes last.`,
    )
  } else if (isLast) notes.push('All shards are there: foreign keys are checked, sequences stand past the keys, and tables are analysed.')
  else if (!isDone) notes.push('All shards are there; another process is checking foreign keys and analysing the tables.')
  return notes
}

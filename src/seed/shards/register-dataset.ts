import { HotbedError } from '../../primitives/error.js'
import { fingerprint } from '../../primitives/fingerprint.js'
import { bindDataset, type BoundDataset } from '../bind-dataset.js'
import type { DatasetContent } from '../dataset-content.js'
import { introspect } from '../introspect.js'
import type { LoadSession } from '../load-session.js'
import { countsOf, refuseLoaded } from '../loaded-before.js'
import type { DatabaseSchema } from '../schema.js'
import { findTable } from '../table-name.js'
import {
  addRegistration,
  createLedger,
  dropUnused,
  forgetStatement,
  lockRegistrations,
  readPresent,
  readRegistrations,
  type LedgerTables,
  type Registration,
} from './ledger.js'
import { listShards, missingShards, type Shard } from './shard.js'

/** A dataset as each of its shards sees it: bound to what the tables held before the first. */
export interface RegisteredDataset {
  readonly registration: Registration
  readonly bound: BoundDataset
}

/**
 * Registers a dataset in its database, or finds it registered: whichever shard comes first says what the tables held before, and values are
 * counted from there in all of them.
 *
 * @throws {HotbedError} `ERR_HOTBED_SEED` for another number of shards, or when a table is being loaded with another dataset
 */
export async function registerDataset(session: LoadSession, content: DatasetContent, shard: Shard): Promise<RegisteredDataset> {
  const dataset = fingerprint((await content.prepare()).fingerprintPart)
  await createLedger(session)
  const known = await findUsable(session, dataset, shard)
  if (known !== undefined) return bindRegistered(session, content, known)
  await session.query('BEGIN')
  try {
    await lockRegistrations(session)
    const registered = (await findUsable(session, dataset, shard)) ?? (await register(session, content, dataset, shard))
    await session.query('COMMIT')
    return 'bound' in registered ? registered : await bindRegistered(session, content, registered)
  } catch (error) {
    await session.query('ROLLBACK').catch(() => {})
    throw error
  }
}

/** The registration of this dataset. One that came to nothing is taken for none: the tables may have changed since. */
async function findUsable(session: LoadSession, dataset: string, shard: Shard): Promise<Registration | undefined> {
  const known = (await readRegistrations(session)).find((registration) => registration.dataset === dataset)
  if (known === undefined) return undefined
  const present = await readPresent(session, dataset)
  if (known.count === shard.count && present.size > 0) return known
  if (present.size === 0) return undefined
  throw new HotbedError('ERR_HOTBED_SEED', {
    message: `This dataset is loaded here in ${known.count} shards, and ${shard.index}/${shard.count} is one of ${shard.count}. ${present.size} of the ${known.count} are there.`,
    remedy: `Load what is missing (${listShards(missingShards(known.count, present)) || 'nothing is'}) of ${known.count}. Or empty ${tablesOf(known)}, then: ${forgetStatement(dataset)}`,
  })
}

async function register(
  session: LoadSession,
  content: DatasetContent,
  dataset: string,
  shard: Shard,
): Promise<RegisteredDataset | Registration> {
  const others = await readRegistrations(session)
  const own = others.find((other) => other.dataset === dataset)
  const schema = await introspect(session)
  const tables = readTables(content, schema)
  const bound = await bindDataset(content, before(schema, tables))
  const registration = { dataset, count: shard.count, tables, columns: describeColumns(bound), isDone: false }
  if (own !== undefined) {
    // Its first shard is being written, or came to nothing. Then the tables may have changed since.
    if (own.count === shard.count && (isSame(own, registration) || !(await dropUnused(session, dataset)))) return own
    if (own.count !== shard.count && !(await dropUnused(session, dataset))) {
      throw new HotbedError('ERR_HOTBED_SEED', {
        message: `Another process loads this dataset here in ${own.count} shards, and ${shard.index}/${shard.count} is one of ${shard.count}.`,
      })
    }
  }
  await refuseLoaded(session, content, schema)
  await refuseOthers(
    session,
    others.filter((other) => other !== own),
    tables,
  )
  await addRegistration(session, registration)
  return { registration, bound }
}

function isSame(one: Registration, other: Registration): boolean {
  return fingerprint({ ...one }) === fingerprint({ ...other })
}

async function bindRegistered(session: LoadSession, content: DatasetContent, registration: Registration): Promise<RegisteredDataset> {
  // Its tables are not counted again: that takes as long as they are large.
  const schema = await introspect(session, (tables) =>
    Object.keys(registration.tables).flatMap((id) => [id, ...(tables.get(id)?.partitions ?? []).map((part) => part.id)]),
  )
  const bound = await bindDataset(content, before(schema, registration.tables))
  if (describeColumns(bound) === registration.columns) return { registration, bound }
  throw new HotbedError('ERR_HOTBED_SEED', {
    message: `The columns of ${tablesOf(registration)} are not what they were when the first shard was loaded, so that this one would not fit to it.`,
    remedy: `Empty the tables, then: ${forgetStatement(registration.dataset)}. Then load all shards.`,
  })
}

/**
 * Refuses to write rows on top of shards of another dataset, some of which are still to come.
 *
 * @throws {HotbedError} `ERR_HOTBED_SEED`
 */
export async function refuseUnfinished(session: LoadSession, others: readonly Registration[], tables: readonly string[]): Promise<void> {
  for (const other of others) {
    const shared = tables.filter((id) => other.tables[id] !== undefined).toSorted()
    if (other.isDone || shared.length === 0) continue
    const present = await readPresent(session, other.dataset)
    const missing = missingShards(other.count, present)
    throw new HotbedError('ERR_HOTBED_SEED', {
      message: `'${shared.join("', '")}' is being loaded in shards: ${present.size} of ${other.count} shards of another dataset are there.`,
      remedy:
        missing.length === 0
          ? 'Its last shard has not finished: load any of them again.'
          : `Load what is missing of it (${listShards(missing)}). Or empty ${tablesOf(other)}, then: ${forgetStatement(other.dataset)}`,
    })
  }
}

async function refuseOthers(session: LoadSession, others: readonly Registration[], tables: LedgerTables): Promise<void> {
  const unfinished: Registration[] = []
  for (const other of others) if (!other.isDone && !(await dropUnused(session, other.dataset))) unfinished.push(other)
  await refuseUnfinished(session, unfinished, Object.keys(tables))
}

function readTables(content: DatasetContent, schema: DatabaseSchema): LedgerTables {
  const wanted = [...countsOf(content, schema)].filter(([, rows]) => rows > 0)
  return Object.fromEntries(
    wanted.map(([id]) => {
      const { existingRows, columns } = findTable(schema, id)
      const max = columns.flatMap(({ name, existingMax }) => (existingMax === undefined ? [] : [[name, existingMax] as const]))
      return [id, { rows: existingRows, max: Object.fromEntries(max) }]
    }),
  )
}

/** The schema as it was before the first shard. Keys of single rows that were there then are not known any more. */
function before(schema: DatabaseSchema, tables: LedgerTables): DatabaseSchema {
  const all = new Map(schema.tables)
  for (const [id, { rows, max }] of Object.entries(tables)) {
    const table = all.get(id)
    if (table === undefined) continue
    const columns = table.columns.map((column) => ({ ...column, existingMax: max[column.name] }))
    all.set(id, { ...table, columns, existingRows: rows, existingKeys: new Map() })
  }
  return { ...schema, tables: all }
}

function describeColumns({ tables }: BoundDataset): string {
  return fingerprint(
    [...tables.values()].map(({ table, columns }) => [table.id, columns.map(({ schema, kind }) => [schema.name, schema.type.name, kind])]),
  )
}

function tablesOf({ tables }: Registration): string {
  return Object.keys(tables).toSorted().join(', ')
}

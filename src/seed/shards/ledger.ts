import { errorFields } from '../../primitives/error-fields.js'
import type { LoadSession } from '../load-session.js'

type Session = Pick<LoadSession, 'query'>

/** What the tables of a dataset held before its first shard: rows, and the greatest values of their counting columns. */
export type LedgerTables = Readonly<Record<string, { readonly rows: number; readonly max: Readonly<Record<string, number>> }>>

/** A dataset that is loaded in shards. */
export interface Registration {
  /** Its fingerprint. */
  readonly dataset: string
  /** How many shards there are to be. */
  readonly count: number
  /** By the table's id, of the tables that get rows. */
  readonly tables: LedgerTables
  /** Of the tables' columns and of what makes their values, when the dataset was registered. */
  readonly columns: string
  /** All shards are there and the last one has done what is done once. */
  readonly isDone: boolean
}

/** In the schema that the role creates tables in. Stays when all is loaded: it is what tells a shard that comes twice. */
const LEDGER = 'hotbed_shards'

/**
 * Row 0 of a dataset is the registration; every other row is a shard, and is written by the transaction that wrote its rows.
 *
 * @throws what the server answered
 */
export async function createLedger(session: Session): Promise<void> {
  // Looked for first: who may write into it may yet not create tables.
  if (await isThere(session)) return
  try {
    await session.query(
      `CREATE TABLE IF NOT EXISTS ${LEDGER} (dataset text NOT NULL, shard integer NOT NULL, shards integer NOT NULL, facts jsonb,
        done_at timestamptz, PRIMARY KEY (dataset, shard))`,
    )
  } catch (error) {
    // Of two who create it at once, one is told by an index of the catalogue.
    const { code } = errorFields(error)
    if (code !== '23505' && code !== '42P07' && code !== '42710') throw error
  }
}

/** All datasets that are or were loaded in shards; none where there is no ledger. */
export async function readRegistrations(session: Session): Promise<readonly Registration[]> {
  if (!(await isThere(session))) return []
  const { rows } = await session.query(`SELECT dataset, shards, facts, done_at IS NOT NULL AS done FROM ${LEDGER} WHERE shard = 0`)
  return rows.map((row) => {
    const { tables, columns } = row['facts'] as Pick<Registration, 'tables' | 'columns'>
    return { dataset: String(row['dataset']), count: Number(row['shards']), tables, columns, isDone: row['done'] === true }
  })
}

async function isThere(session: Session): Promise<boolean> {
  const { rows } = await session.query(`SELECT to_regclass('${LEDGER}') IS NOT NULL AS there`)
  return rows[0]?.['there'] === true
}

export async function readPresent(session: Session, dataset: string): Promise<ReadonlySet<number>> {
  const { rows } = await session.query(`SELECT shard FROM ${LEDGER} WHERE dataset = $1 AND shard > 0`, [dataset])
  return new Set(rows.map(({ shard }) => Number(shard)))
}

/** Until the transaction ends, nobody else registers a dataset in this database. */
export async function lockRegistrations(session: Session): Promise<void> {
  await session.query(`SELECT pg_advisory_xact_lock(hashtext('${LEDGER}'), 0)`)
}

export async function addRegistration(session: Session, { dataset, count, tables, columns }: Registration): Promise<void> {
  await session.query(`INSERT INTO ${LEDGER} (dataset, shard, shards, facts) VALUES ($1, 0, $2, $3)`, [
    dataset,
    count,
    JSON.stringify({ tables, columns }),
  ])
}

/** Takes a registration away that no shard has come of and that nobody is about to write one of. Within a transaction. */
export async function dropUnused(session: Session, dataset: string): Promise<boolean> {
  // Two statements: the second one sees what was committed before the first one had its lock.
  const { rows: held } = await session.query(`SELECT 1 FROM ${LEDGER} WHERE dataset = $1 AND shard = 0 FOR UPDATE SKIP LOCKED`, [dataset])
  if (held.length === 0) return false
  const { rows } = await session.query(
    `DELETE FROM ${LEDGER} WHERE dataset = $1 AND shard = 0 AND NOT EXISTS (SELECT 1 FROM ${LEDGER} WHERE dataset = $1 AND shard > 0) RETURNING shard`,
    [dataset],
  )
  return rows.length > 0
}

/**
 * Writes the row of a shard, at the start of the transaction that writes its rows: whoever else is about to write the same shard waits here for
 * the end of it.
 *
 * @returns `there` when another transaction has written it, `unregistered` when the registration was taken away
 */
export async function addShard(session: Session, dataset: string, shard: number, count: number): Promise<'new' | 'there' | 'unregistered'> {
  const { rows: registered } = await session.query(
    `SELECT 1 FROM ${LEDGER} WHERE dataset = $1 AND shard = 0 AND shards = $2 FOR KEY SHARE`,
    [dataset, count],
  )
  if (registered.length === 0) return 'unregistered'
  const { rows } = await session.query(
    `INSERT INTO ${LEDGER} (dataset, shard, shards, done_at) VALUES ($1, $2, $3, now()) ON CONFLICT DO NOTHING RETURNING shard`,
    [dataset, shard, count],
  )
  return rows.length > 0 ? 'new' : 'there'
}

/** Within a transaction that stays open meanwhile: `false` when somebody else finishes the dataset, or has. */
export async function takeFinish(session: Session, dataset: string): Promise<boolean> {
  const { rows } = await session.query(
    `SELECT 1 FROM ${LEDGER} WHERE dataset = $1 AND shard = 0 AND done_at IS NULL FOR NO KEY UPDATE SKIP LOCKED`,
    [dataset],
  )
  return rows.length > 0
}

export async function markDone(session: Session, dataset: string): Promise<void> {
  await session.query(`UPDATE ${LEDGER} SET done_at = now() WHERE dataset = $1 AND shard = 0`, [dataset])
}

/** The statement by which somebody who has emptied the tables says so. */
export function forgetStatement(dataset: string): string {
  return `DELETE FROM ${LEDGER} WHERE dataset = '${dataset}'`
}

import type { ReplayHold } from '../../wire/exchange.js'
import type { Recording, Statement } from '../../wire/recording/recording.js'
import { createStatementTables, type StatementTables } from './statement-tables.js'

/** A table was written, and that was committed. */
interface CommittedTable {
  readonly table: string
  readonly write: Statement
  /** The COMMIT, or the write itself. */
  readonly commit: Statement
}

/**
 * - `primary`: it went to the server that has the write.
 * - `waited`: the replica could not have had the write when that was committed, since its replay was held, and had it when the read was sent.
 * - `stale`: the replica had still not replayed the write when the read had been answered.
 * - `lucky`: the replica had the write, and nothing shows that anybody waited for that.
 * - `unknown`: the replica replayed just then.
 */
export type ReadState = 'primary' | 'waited' | 'stale' | 'lucky' | 'unknown'

/** A read of a table that was written and committed before. */
export interface JudgedRead extends CommittedTable {
  readonly read: Statement
  readonly state: ReadState
  /** How many bytes of the log the replica lacked to have the write. */
  readonly behindBytes: number
}

export interface ReadsAfterWrites {
  readonly countCommits: () => number
  readonly reads: readonly JudgedRead[]
}

/** Every read of what was written before in the recording, each beside the last commit of its tables. One pass in the order of the timeline. */
export function judgeReads({ statements, replication }: Recording): ReadsAfterWrites {
  const tables = createStatementTables()
  const commits = findCommits(statements, tables)
  const last = new Map<string, CommittedTable>()
  const reads: JudgedRead[] = []
  let at = 0
  for (const read of statements) {
    for (let next = commits[at]; next !== undefined && endOf(next.commit) < read.start; next = commits[(at += 1)])
      last.set(next.table, laterOf(next, last.get(next.table)))
    if (last.size === 0 || read.error !== undefined || read.end === undefined) continue
    let latest: CommittedTable | undefined
    for (const table of tables.read(read)) {
      const found = last.get(table)
      if (found !== undefined) latest = laterOf(found, latest)
    }
    if (latest === undefined || latest.commit === read) continue
    const { table, write, commit } = latest
    const behindBytes = read.server === 'primary' ? 0 : lackOf(read, commit)
    reads.push({ table, write, commit, read, behindBytes, state: stateOf(read, commit, replication.holds) })
  }
  return { reads, countCommits: () => new Set(commits.map(({ commit }) => commit)).size }
}

/** In the order of their ends. */
function findCommits(statements: readonly Statement[], tables: StatementTables): readonly CommittedTable[] {
  /** By transaction, what it has written so far. */
  const open = new Map<number, Map<string, Statement>>()
  const commits: CommittedTable[] = []
  for (const statement of statements) {
    const { transaction, tag, error, end, server } = statement
    if (error !== undefined || end === undefined || server !== 'primary') continue
    const written = wrote(statement) ? tables.written(statement) : NOTHING
    if (transaction === undefined) {
      for (const table of written) commits.push({ table, write: statement, commit: statement })
      continue
    }
    const own = open.get(transaction) ?? new Map<string, Statement>()
    for (const table of written) own.set(table, statement)
    if (own.size > 0) open.set(transaction, own)
    if (tag === 'COMMIT') for (const [table, write] of own) commits.push({ table, write, commit: statement })
    if (tag === 'COMMIT' || tag === 'ROLLBACK') open.delete(transaction)
  }
  return commits.toSorted((a, b) => endOf(a.commit) - endOf(b.commit))
}

/** Of two that went on at the same time the one that is answered last may stand first in the log: who has the later of the log has both. */
function laterOf(one: CommittedTable, other: CommittedTable | undefined): CommittedTable {
  if (other === undefined || one.commit.log === other.commit.log) return one
  return (positionOf(one.commit.log?.after) ?? 0) >= (positionOf(other.commit.log?.after) ?? 0) ? one : other
}

function lackOf(read: Statement, commit: Statement): number {
  const [there, asked] = [positionOf(commit.log?.after), positionOf(read.log?.before)]
  return there === undefined || asked === undefined ? 0 : Math.max(0, there - asked)
}

function stateOf(read: Statement, commit: Statement, holds: readonly ReplayHold[]): ReadState {
  if (read.server === 'primary') return 'primary'
  const [notYet, answered] = [positionOf(commit.log?.before), positionOf(read.log?.after)]
  if (answered !== undefined && notYet !== undefined && answered <= notYet) return 'stale'
  const [there, asked] = [positionOf(commit.log?.after), positionOf(read.log?.before)]
  if (asked === undefined || there === undefined || asked < there) return 'unknown'
  const wasHeld = holds.some(
    ({ replica, from = -1, to = Infinity }) => replica === read.replica && from < commit.start && endOf(commit) < to,
  )
  return wasHeld ? 'waited' : 'lucky'
}

const NOTHING: ReadonlySet<string> = new Set()

/** Nobody misses what wrote no row. */
function wrote({ tag = '', rows, copy }: Statement): boolean {
  if (copy === 'out' || tag.startsWith('SELECT')) return copy !== 'out'
  return rows > 0 || tag.startsWith('TRUNCATE')
}

function endOf({ end }: Statement): number {
  return end ?? Infinity
}

/** `0/3000148` as a number: 52 bits are 4 petabytes of log. */
function positionOf(position: string | undefined): number | undefined {
  const [, high, low] = /^([\dA-F]+)\/([\dA-F]+)$/i.exec(position ?? '') ?? []
  return high === undefined || low === undefined ? undefined : Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16)
}

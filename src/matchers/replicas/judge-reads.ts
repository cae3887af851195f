import type { ReplayHold } from '../../wire/exchange.js'
import type { Recording, Statement } from '../../wire/recording/recording.js'
import { createStatementTables } from './statement-tables.js'

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
  readonly commits: number
  readonly reads: readonly JudgedRead[]
}

/** Every read of what was written before in the recording, each beside the last commit of its tables. One pass in the order of the timeline. */
export function judgeReads({ statements, replication }: Recording): ReadsAfterWrites {
  const tables = createStatementTables()
  /** By transaction, what it has written so far. */
  const open = new Map<number, Map<string, Statement>>()
  const last = new Map<string, CommittedTable>()
  /** Committed, in the order of their ends. */
  const commits: CommittedTable[] = []
  const reads: JudgedRead[] = []
  const note = (statement: Statement): void => {
    const { transaction, tag, error, end, server } = statement
    if (error !== undefined || end === undefined || server !== 'primary') return
    const written = wrote(statement) ? tables.written(statement) : NOTHING
    if (transaction === undefined) {
      for (const table of written) commits.push({ table, write: statement, commit: statement })
      return
    }
    const own = open.get(transaction) ?? new Map<string, Statement>()
    for (const table of written) own.set(table, statement)
    if (own.size > 0) open.set(transaction, own)
    if (tag === 'COMMIT') for (const [table, write] of own) commits.push({ table, write, commit: statement })
    if (tag === 'COMMIT' || tag === 'ROLLBACK') open.delete(transaction)
  }
  for (const statement of statements) note(statement)
  commits.sort((a, b) => endOf(a.commit) - endOf(b.commit))
  let at = 0
  for (const read of statements) {
    for (let commit = commits[at]; commit !== undefined && endOf(commit.commit) < read.start; commit = commits[(at += 1)])
      last.set(commit.table, commit)
    if (last.size === 0 || read.error !== undefined || read.end === undefined) continue
    let latest: CommittedTable | undefined
    for (const table of tables.read(read)) {
      const commit = last.get(table)
      if (commit !== undefined && (latest === undefined || endOf(commit.commit) > endOf(latest.commit))) latest = commit
    }
    if (latest === undefined || latest.commit === read) continue
    reads.push({ ...latest, read, ...judge(read, latest.commit, replication.holds) })
  }
  return { commits: new Set(commits.map(({ commit }) => commit)).size, reads }
}

function judge(
  read: Statement,
  commit: Statement,
  holds: readonly ReplayHold[],
): { readonly state: ReadState; readonly behindBytes: number } {
  if (read.server === 'primary') return { state: 'primary', behindBytes: 0 }
  const [notYet, there] = [positionOf(commit.log?.before), positionOf(commit.log?.after)]
  const [asked, answered] = [positionOf(read.log?.before), positionOf(read.log?.after)]
  const behindBytes = there === undefined || asked === undefined ? 0 : Math.max(0, there - asked)
  if (answered !== undefined && notYet !== undefined && answered <= notYet) return { state: 'stale', behindBytes }
  if (asked === undefined || there === undefined || asked < there) return { state: 'unknown', behindBytes }
  const wasHeld = holds.some(
    ({ replica, from = -1, to = Infinity }) => replica === read.replica && from < commit.start && endOf(commit) < to,
  )
  return { state: wasHeld ? 'waited' : 'lucky', behindBytes }
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

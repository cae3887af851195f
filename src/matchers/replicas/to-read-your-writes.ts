import { plural } from '../../primitives/plural.js'
import { formatMs } from '../../wire/recording/print-recording.js'
import type { Recording } from '../../wire/recording/recording.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { statementLine } from '../recording/statement-line.js'
import { judgeReads, type JudgedRead } from './judge-reads.js'
import { requireReplicas } from './require-replicas.js'

const SHOWN = 3

/**
 * Passes when every read of a table that the recording wrote and committed before was answered by a server that had the write: by the primary, or by a replica
 * that had been behind and had replayed it when it was asked. Fails when one was answered by a replica whose replay had, when the answer was complete, not
 * even come to where the commit began.
 *
 * A replica that follows within a millisecond makes every router look right. So a read of a replica proves something only where the replay was held when
 * the commit was made: `await suite.postgres.lag.hold()` before, `release()` when the application waits.
 *
 * All of the recording counts as one user: whose session wrote and whose read, the wire does not tell. Writes are seen by the table that they name, those
 * of functions and triggers are not; reads by the tables that they name, and those that their plan scans.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps, one of a suite without replicas, where nothing was read after a
 *   committed write, or where the replica happened to be there
 */
export function toReadYourWrites(received: unknown): MatcherVerdict {
  const recording = readCountable(received, 'toReadYourWrites')
  requireReplicas(recording, 'toReadYourWrites')
  const { countCommits, reads } = judgeReads(recording)
  if (reads.length === 0) {
    const commits = countCommits()
    requireSeenApplication(recording, 'toReadYourWrites')
    throw unjudgeable(
      [
        commits === 0
          ? 'toReadYourWrites needs a write that was committed, and the recording has none.'
          : `The recording has ${plural(commits, 'committed write')}, and no read of the same tables after one.`,
        windowLine(recording),
        ...timelineLines(recording, []),
      ],
      'Record both: what writes, and what reads it then.',
    )
  }
  const stale = reads.filter(({ state }) => state === 'stale')
  if (stale.length === 0) requireProof(recording, reads)
  const lines = (some: readonly JudgedRead[]): readonly string[] => [
    windowLine(recording),
    ...some.slice(0, SHOWN).flatMap(readLines),
    ...timelineLines(
      recording,
      some.slice(0, SHOWN).flatMap(({ write, commit, read }) => [write, commit, read]),
    ),
  ]
  const all = plural(reads.length, 'read')
  return makeVerdict(
    stale.length === 0,
    () => [
      `${formatCount(stale.length)} of ${all} of what was written before went to a replica that did not have the write.`,
      ...lines(stale),
      '  Not seen: whose session it was, and what functions and triggers write.',
      '  Read from the primary after a write, or when pg_last_wal_replay_lsn() of the replica has reached the pg_current_wal_lsn() of the primary.',
    ],
    () => [`${all} of what was written before had the write, and at least one should not.`, ...lines(reads)],
  )
}

/** A replica that happened to have the write says nothing of who asked it. */
function requireProof(recording: Recording, reads: readonly JudgedRead[]): void {
  const unproved = reads.filter(({ state }) => state === 'lucky' || state === 'unknown')
  if (unproved.length === 0) return
  const unknown = unproved.filter(({ state }) => state === 'unknown').length
  throw unjudgeable(
    [
      `${formatCount(unproved.length)} of ${plural(reads.length, 'read')} of what was written before went to a replica, which ${unknown === unproved.length ? 'replayed just then' : 'happened to have the write'}: that proves nothing.`,
      windowLine(recording),
      ...unproved.slice(0, SHOWN).flatMap(readLines),
    ],
    'Hold the replay before the write: await using _held = await suite.postgres.lag.hold()',
  )
}

function readLines({ read, write, commit, table, behindBytes, state }: JudgedRead): readonly string[] {
  const since = formatMs(read.startMs - (commit.endMs ?? commit.startMs))
  const where = read.server === 'primary' ? 'the primary' : `replica ${read.replica ?? 0}`
  const behind = state === 'stale' || behindBytes > 0 ? `, which was ${plural(behindBytes, 'byte')} of log short of it` : ''
  return [
    `  ${state === 'stale' ? '✗ ' : ''}${statementLine(read)}`,
    `      asked ${where}${behind}, ${since} after the commit of ${table}: ${statementLine(write)}`,
  ]
}

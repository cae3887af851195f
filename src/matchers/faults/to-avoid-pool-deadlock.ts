import { plural } from '../../primitives/plural.js'
import { eventLines, formatMs } from '../../wire/recording/print-recording.js'
import { isHoldAndWait, type HoldAndWait, type PoolDeadlock } from '../../wire/recording/hold-and-wait.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { windowLine } from '../recording/recording-excerpt.js'
import { outcomeLines, waitingLines } from './outage-evidence.js'

const SHOWN = 3

/**
 * Passes when participants who shared a pool never all waited for each other's connections (hold and wait). It is found from evidence, not by the
 * pool's time-out: certain when as many requests wait in the pool as participants are left, suspected without a pool when every connection is idle
 * in a transaction and nothing is asked.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is not from `suite.holdAndWait`; where the pool was never used up, so that nobody could have
 *   waited; where somebody had not settled at the deadline for another reason; and where the application has never come through the tap
 */
export function toAvoidPoolDeadlock(received: unknown): MatcherVerdict {
  const verb = 'const run = await suite.holdAndWait(10, fn, { pools: [pool] })'
  if (!isHoldAndWait(received)) throw wrongEvidence(received, 'toAvoidPoolDeadlock', 'participants who share a pool', verb)
  const run = received
  readCountable(run, 'toAvoidPoolDeadlock')
  const { deadlock, outcomes } = run
  if (deadlock === undefined) requireJudgeable(run)
  const peak = run.connections.peak.postgres
  return makeVerdict(
    deadlock === undefined,
    () => (deadlock === undefined ? [] : deadlockLines(run, deadlock)),
    () => [
      `All of ${plural(outcomes.length, 'participant')} settled, expected a deadlock of the pool.`,
      windowLine(run),
      `  ${plural(peak, 'connection')} at most${waitedText(run)}`,
    ],
  )
}

function requireJudgeable(run: HoldAndWait): void {
  const { outcomes, poolSize, pools, deadlineMs } = run
  requireSeenApplication(run, 'toAvoidPoolDeadlock')
  const left = outcomes.filter(({ status }) => status === 'unsettled')
  if (left.length > 0) {
    throw unjudgeable(
      [
        `${plural(left.length, 'participant')} of ${outcomes.length} had not settled after ${deadlineMs} ms, and no deadlock of the pool was seen.`,
        windowLine(run),
        ...outcomeLines(left),
        ...waitingLines(run),
      ],
      'Give them longer with deadlineMs, or end what they wait for.',
    )
  }
  const waited = pools.reduce((sum, { peakWaiting }) => sum + peakWaiting, 0)
  const used = pools.reduce((sum, { peakTotal }) => sum + peakTotal, 0)
  if (poolSize === undefined || waited > 0 || used >= poolSize) return
  throw unjudgeable(
    [
      `toAvoidPoolDeadlock needs a pool that is used up, and this one never was: ${used} of ${plural(poolSize, 'connection')} at most, nobody waited.`,
      windowLine(run),
    ],
    `Let as many participants come as the pool has connections: suite.holdAndWait(${poolSize}, …)`,
  )
}

function waitedText({ pools, poolSize }: HoldAndWait): string {
  if (pools.length === 0) return '; who waited for one is not seen without pools: [pool]'
  const waited = pools.reduce((sum, { peakWaiting }) => sum + peakWaiting, 0)
  return `${poolSize === undefined ? '' : ` of ${poolSize}`}, at most ${waited} waited for one`
}

function deadlockLines(run: HoldAndWait, { certainty, connections, waiting, unsettled, afterMs }: PoolDeadlock): readonly string[] {
  const held = connections.slice(0, SHOWN).flatMap((id) => run.timeline.findLast(({ connection }) => connection === id) ?? [])
  const isCertain = certainty === 'certain'
  return [
    isCertain
      ? `Deadlock of the pool: all of ${plural(unsettled, 'participant')} left wait for a connection (${waiting} wait), and they hold ${connections.length}.`
      : `Deadlock of the pool suspected: every connection (${connections.length}) is idle in a transaction, and nobody asks anything, while ${plural(unsettled, 'participant')} had not settled.`,
    windowLine(run),
    `  found after ${formatMs(afterMs)}${waitedLine(run)}`,
    '  last asked on the connections that are held:',
    ...eventLines(held, new Set(held)).map((line) => `  ${line}`),
    ...(connections.length > SHOWN ? [`    … and ${connections.length - SHOWN} more`] : []),
    ...(isCertain ? [] : ['  It is certain with the pool itself: suite.holdAndWait(n, fn, { pools: [pool] })']),
    '  Who holds a connection must not wait for another: pass the client on to whatever runs within the transaction.',
  ]
}

function waitedLine({ poolSize }: HoldAndWait): string {
  return poolSize === undefined ? '' : `, in a pool of ${poolSize}`
}

import { wrongOption } from '../../primitives/options.js'
import { plural } from '../../primitives/plural.js'
import { formatMs } from '../../wire/recording/print-recording.js'
import { outageText, type OutageRun } from '../../wire/recording/outage-run.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { windowLine } from '../recording/recording-excerpt.js'
import { outcomeLines, readOutageRun, waitingLines } from './outage-evidence.js'

/**
 * Passes when every participant settled, by success or failure, within so many milliseconds of real time, although the store was out. The time is
 * that of the application's own timers: what a hung peer costs is its time-out, not the machine's speed.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is not from `outage.record`, where nothing met the outage, or where those left were not given so
 *   long
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what are no milliseconds
 */
export function toSettleWithin(received: unknown, ms: number): MatcherVerdict {
  const run = readOutageRun(received, 'toSettleWithin')
  if (typeof ms !== 'number' || !(ms > 0 && ms < 2 ** 31)) throw wrongOption('ms', 'milliseconds above 0', ms)
  const late = run.outcomes.filter(({ settledMs }) => settledMs === undefined || settledMs > ms)
  if (run.deadlineMs < ms && late.some(({ status }) => status === 'unsettled')) {
    throw unjudgeable(
      [`toSettleWithin(${ms}) judges who settles in time, and those left were given ${run.deadlineMs} ms.`, ...evidence(run)],
      `Give them longer: outage.record(fn, { deadlineMs: ${Math.ceil(ms * 1.5)} })`,
    )
  }
  const slowest = Math.max(...run.outcomes.map(({ settledMs = 0 }) => settledMs))
  return makeVerdict(
    late.length === 0,
    () => [
      `${plural(late.length, 'participant')} of ${run.outcomes.length} did not settle within ${ms} ms.`,
      ...evidence(run),
      ...outcomeLines(late),
      ...waitingLines(run),
      REMEDY[run.store],
    ],
    () => [
      `All of ${plural(run.outcomes.length, 'participant')} settled within ${ms} ms, the last after ${formatMs(slowest)}, expected that not.`,
      ...evidence(run),
      ...outcomeLines(run.outcomes),
    ],
  )
}

function evidence(run: OutageRun): readonly string[] {
  return [`  ${outageText(run)}`, windowLine(run)]
}

/** Options of the usual clients, none of which has such a limit by itself. `commandOptions.timeout` of node-redis ends when the command is sent. */
const REMEDY = {
  postgres:
    '  Limit both the connection and the statement: pg has connectionTimeoutMillis (also for the wait in the pool) and query_timeout.',
  redis:
    '  Limit the wait for the reply: ioredis has commandTimeout, node-redis socket.socketTimeout (its commandOptions.timeout ends when the command is sent).',
} as const

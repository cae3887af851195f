import { monotonicMs } from '../primitives/real-time.js'
import { driveClosed } from './drive-closed.js'
import { driveOpen } from './drive-open.js'
import type { LoadFunction } from './request.js'
import { createRequestsUnderWay, type RequestEnd } from './requests-under-way.js'
import type { Schedule } from './schedule.js'
import { createTally, type Tallied } from './tally.js'
import { watchEventLoop } from './watch-event-loop.js'

/** A timer is a little late on any machine. */
const GRACE_MS = 100

/** Makes requests by the schedule, on this event loop. `onMeasure` is called when the warm-up is over. */
export async function generate(schedule: Schedule, call: LoadFunction, onMeasure: () => void): Promise<Tallied> {
  const { model, extent, warmUpMs, timeoutMs } = schedule
  const tally = createTally()
  const requests = createRequestsUnderWay(call, timeoutMs)
  const watch = watchEventLoop()
  const startMs = monotonicMs()
  const plannedMs = 'ms' in extent ? extent.ms : model.kind === 'open' ? (extent.count * 1000) / model.ratePerSecond : Infinity
  let issuedInTime = 0
  let isMeasuring = false
  const measure = (): void => {
    isMeasuring = true
    watch.restart()
    onMeasure()
  }
  try {
    const drive = {
      schedule,
      startMs,
      tally,
      requests,
      measure,
      noteIssued: (atMs: number) => void (issuedInTime += atMs <= warmUpMs + plannedMs + GRACE_MS ? 1 : 0),
      endOf:
        (index: number, dueMs: number) =>
        ({ latencyMs, failure, isUnsettled }: RequestEnd) => {
          const atMs = dueMs - warmUpMs
          if (isUnsettled) tally.unsettled(index, atMs, latencyMs)
          else tally.settled(index, atMs, latencyMs, failure)
        },
    }
    await (model.kind === 'open' ? driveOpen(model, drive) : driveClosed(model.users, drive))
    if (!isMeasuring) measure()
    const atEnd = tally.underWay()
    const sentMs = monotonicMs() - startMs - warmUpMs
    await requests.idle()
    const durationMs = monotonicMs() - startMs - warmUpMs
    return {
      ...tally.read(),
      durationMs,
      scheduleMs: Number.isFinite(plannedMs) ? Math.max(plannedMs, 1) : sentMs,
      issuedInTime,
      backlog: { atEnd, peak: requests.peak() },
      eventLoop: watch.stop(),
    }
  } finally {
    requests.close()
  }
}

import { monotonicMs } from '../primitives/real-time.js'
import { createArrivals } from './arrivals.js'
import type { Drive } from './drive.js'
import type { LoadModel } from './load-report.js'

/** So many are sent before answers are looked at, when the generator is behind. */
const BURST = 100

/** Sends requests when they are due, whatever has become of those before. Settles when the last one has been sent or dropped. */
export function driveOpen(model: Extract<LoadModel, { kind: 'open' }>, drive: Drive): Promise<void> {
  const { schedule, startMs, tally, requests } = drive
  const { extent, warmUpMs, timeoutMs, maxInFlight } = schedule
  const arrivals = createArrivals(model)
  let index = 0
  let measured = 0
  const isOver = (): boolean => ('ms' in extent ? arrivals.dueMs() >= warmUpMs + extent.ms : measured >= extent.count)

  const arrive = (dueMs: number, nowMs: number): void => {
    const isMeasured = dueMs >= warmUpMs
    const mine = index
    index += 1
    if (!isMeasured) {
      tally.warmedUp()
      requests.send(mine, mine + 1, startMs + dueMs, () => {})
      return
    }
    if (measured === 0) drive.measure()
    measured += 1
    tally.scheduled()
    const atMs = dueMs - warmUpMs
    if (nowMs - dueMs > timeoutMs) {
      tally.dropped(mine, atMs, `was due for ${Math.round(nowMs - dueMs)} ms and could not be sent`)
    } else if (requests.count() >= maxInFlight) {
      tally.dropped(mine, atMs, `${maxInFlight} requests were under way, which is maxInFlight`)
    } else {
      tally.issued(nowMs - dueMs)
      drive.noteIssued(nowMs)
      requests.send(mine, mine + 1, startMs + dueMs, drive.endOf(mine, dueMs))
    }
  }

  return new Promise((resolve) => {
    const tick = (): void => {
      for (let sent = 0; sent < BURST && !isOver(); sent += 1) {
        const dueMs = arrivals.dueMs()
        const nowMs = monotonicMs() - startMs
        if (dueMs > nowMs) break
        arrivals.advance()
        arrive(dueMs, nowMs)
      }
      if (isOver()) return resolve()
      const waitMs = arrivals.dueMs() - (monotonicMs() - startMs)
      if (waitMs > 0) setTimeout(tick, Math.floor(waitMs))
      else setImmediate(tick)
    }
    tick()
  })
}

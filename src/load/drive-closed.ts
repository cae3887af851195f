import { monotonicMs } from '../primitives/real-time.js'
import type { Drive } from './drive.js'

/** So many users of functions that settle at once go on before anything else gets a turn. */
const BURST = 100

/** A fixed number of users, of whom each waits for its answer before it asks again. Settles when the last one has been sent. */
export async function driveClosed(users: number, drive: Drive): Promise<void> {
  const { schedule, startMs, tally, requests } = drive
  const { extent, warmUpMs } = schedule
  let index = 0
  let measured = 0

  const next = (user: number): Promise<boolean> | undefined => {
    const dueMs = monotonicMs() - startMs
    const isMeasured = dueMs >= warmUpMs
    if (isMeasured && ('ms' in extent ? dueMs >= warmUpMs + extent.ms : measured >= extent.count)) return undefined
    const mine = index
    index += 1
    if (!isMeasured) tally.warmedUp()
    else {
      if (measured === 0) drive.measure()
      measured += 1
      tally.scheduled()
      tally.issued(0)
      drive.noteIssued(dueMs)
    }
    return new Promise((resolve) => {
      const note = isMeasured ? drive.endOf(mine, dueMs) : undefined
      requests.send(mine, user, startMs + dueMs, (end) => {
        note?.(end)
        resolve(true)
      })
    })
  }
  const live = async (user: number): Promise<void> => {
    for (let turn = 1; await next(user); turn += 1) {
      if (turn % BURST === 0) await new Promise((resolve) => void setImmediate(resolve))
    }
  }
  await Promise.all(Array.from({ length: users }, (_, user) => live(user + 1)))
}

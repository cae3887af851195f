import { hold, type Match, type Recording } from 'hotbed'
import type { Answer } from './instances.js'
import type { TicketSuite } from './stacks.js'

/** A second that waits in memory for a lock in Redis never comes to the gate: it is waited for so long at most. */
export const FOR_A_LOCK_MS = 25

/** Two instances do the same at once, and neither goes past `at` before both have come there; unless a lock keeps one of them away. */
export async function meet(
  suite: TicketSuite,
  at: Match,
  act: (instance: number) => Promise<Answer>,
  deadlineMs = 5_000,
): Promise<Recording<readonly Answer[]>> {
  const gate = await suite.intercept(at, hold({ parties: 2, deadlineMs }))
  const run = await suite.record(() => Promise.all([act(1), act(2)]), { plans: false })
  await gate.remove()
  return run
}

/** Status codes, the lower first. */
export function statusesOf({ result }: Recording<readonly Answer[]>): string {
  return result
    .map(({ status }) => status)
    .toSorted((a, b) => a - b)
    .join(', ')
}

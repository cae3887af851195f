import type { Changes } from './changes.js'
import type { Link } from './link.js'
import type { TappedSuite } from './suite-verbs.js'

/** A server that is busy with what a client has left is not waited for. */
const LEAVE_MS = 100

export interface LeavingHost extends Pick<Changes, 'until'> {
  readonly links: () => Iterable<Link>
}

/** Settles when those clients have gone who have said goodbye, also just now. */
export async function letLeave({ links, until }: LeavingHost): Promise<void> {
  // What a client has sent already is read in the next turn of the event loop.
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => void setImmediate(resolve))
  await until(() => ![...links()].some((link) => link.isLeaving()), LEAVE_MS)
}

/** How sessions end before their database is exchanged. */
export function createLeavingVerbs({ links, until }: LeavingHost): Pick<TappedSuite, 'letLeave' | 'sessions' | 'untilEnded'> {
  const all = (): readonly Link[] => [...links()]
  return {
    letLeave: () => letLeave({ links, until }),
    sessions: () => all().flatMap(({ id, store }) => (store === 'postgres' ? [id] : [])),
    untilEnded: (sessions) => until(() => !all().some(({ id }) => sessions.includes(id)), LEAVE_MS),
  }
}

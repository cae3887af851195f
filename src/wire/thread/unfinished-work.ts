import type { LiveEvent } from '../conversation.js'
import { isJobPoll } from '../job-polls.js'
import type { UnfinishedRequest, WorkState } from '../work-state.js'
import type { Changes } from './changes.js'
import type { Link } from './link.js'
import { subjectOf } from './live-rule.js'

export interface WorkVerbs {
  /** While it is on, requests are counted. Who turns it on turns it off. */
  readonly watchWork: (isOn: boolean) => void
  /**
   * Settles when nothing is on its way but reads that may wait for as long as they like and polls for jobs, nobody is in a transaction, and nothing
   * new has come for so long; or at the deadline. What a rule keeps back on the connection `except` is not waited for.
   */
  readonly untilIdle: (settleMs: number, deadlineMs: number, except?: number) => Promise<WorkState>
  /** Settles when there have been more requests than so many, polls that found nothing not among them; or at the deadline. */
  readonly untilAsked: (after: number, deadlineMs: number) => Promise<void>
}

export interface UnfinishedWork {
  readonly verbs: WorkVerbs
  readonly isWatched: () => boolean
  readonly note: (event: LiveEvent) => void
  readonly noteEnd: (event: LiveEvent) => void
  /** A request that was held may be a read that waits: no answer tells that it has gone on. */
  readonly noteFate: (fate: unknown) => void
}

export function createUnfinishedWork({ links, until, changed }: Changes & { readonly links: () => Iterable<Link> }): UnfinishedWork {
  let watchers = 0
  let asked = 0
  let polls = 0
  let lastMs = performance.now()
  const count = (): void => {
    asked += 1
    lastMs = performance.now()
  }
  const findUnfinished = (except: number | undefined): UnfinishedRequest[] =>
    [...links()].flatMap((link) => {
      const why = whyUnfinished(link, except)
      if (why === undefined) return []
      const current = link.conversation.current()
      const { id: connection, store } = link
      return { connection, store, why, subject: current === undefined ? undefined : subjectOf(current) }
    })
  const isIdle = (except: number | undefined): boolean => {
    for (const link of links()) if (whyUnfinished(link, except) !== undefined) return false
    return true
  }
  return {
    isWatched: () => watchers > 0,
    note: (event) => {
      if (watchers === 0) return
      // What a poll finds is known at its end.
      if (event.store === 'postgres' && isJobPoll(event.sql)) polls += 1
      else count()
    },
    noteEnd: (event) => {
      if (watchers === 0) return
      if (event.store !== 'postgres' || !isJobPoll(event.sql)) lastMs = performance.now()
      else if (event.results.some(({ dataRows }) => dataRows > 0)) count()
    },
    noteFate: (fate) => {
      if (watchers === 0 || !(fate instanceof Promise)) return
      const lookAgain = (): void => void setImmediate(changed)
      fate.then(lookAgain, lookAgain)
    },
    verbs: {
      watchWork: (isOn) => {
        watchers += isOn ? 1 : -1
      },
      untilIdle: async (settleMs, deadlineMs, except) => {
        const begun = performance.now()
        const end = begun + deadlineMs
        for (;;) {
          await until(() => isIdle(except), end - performance.now())
          // What was sent just before is still on its way here.
          const waitMs = Math.min(settleMs - (performance.now() - Math.max(lastMs, begun)), end - performance.now())
          if (waitMs <= 0) break
          await new Promise((resolve) => void setTimeout(resolve, Math.max(1, waitMs)))
        }
        const unfinished = findUnfinished(except)
        const readers = [...links()].filter(
          ({ store, conversation }) => store === 'redis' && conversation.isBusy() && !conversation.isOwed(),
        )
        return { asked, polls, readers: readers.length, unfinished }
      },
      untilAsked: (after, deadlineMs) => until(() => asked > after, deadlineMs),
    },
  }
}

function whyUnfinished({ id, isHeld, store, conversation }: Link, except: number | undefined): UnfinishedRequest['why'] | undefined {
  if (isHeld()) return id === except ? undefined : 'held by a rule'
  if (store === 'redis') return conversation.isOwed() ? 'without its reply' : undefined
  if (conversation.isStarting()) return 'connecting'
  const current = conversation.current()
  if (conversation.isBusy() && !(current?.store === 'postgres' && isJobPoll(current.sql))) return 'without its reply'
  return conversation.status() === 'I' ? undefined : 'idle in a transaction'
}

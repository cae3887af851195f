import { formatDuration } from '../primitives/duration.js'
import { HotbedError } from '../primitives/error.js'
import { subjectText } from '../wire/match-text.js'
import type { UnfinishedRequest, WorkState } from '../wire/work-state.js'
import { openCounts } from './open-jobs.js'
import { jobLine, queueLine } from './print-queues.js'
import type { QueueJob, QueueState } from './queue-snapshot.js'

/** What is known when it does not become quiet. */
export interface Unrest {
  readonly timeoutMs: number
  /** Nothing that is left can end before the deadline. */
  readonly isHopeless: boolean
  readonly work: WorkState
  /** Who waits for a connection of a pool. */
  readonly waiting: number
  readonly queues: readonly QueueState[]
  readonly delayed: 'wait' | 'ignore'
}

const SHOWN_QUEUES = 4
const SHOWN_REQUESTS = 5

export function notQuiet(unrest: Unrest): HotbedError {
  const { timeoutMs, isHopeless, work, waiting, queues, delayed } = unrest
  const busy = queues.filter((queue) => openCounts([queue], delayed) > 0)
  return new HotbedError('ERR_HOTBED_TIMEOUT', {
    message: [
      isHopeless
        ? `It does not become quiet within ${timeoutMs} ms: nothing is on its way, and what is left is due later.`
        : `Waited ${timeoutMs} ms for quiet, and there is still work.`,
      ...busy.slice(0, SHOWN_QUEUES).flatMap((queue) => [`  ${queueLine(queue)}`, ...oldestLines(queue, delayed)]),
      ...(busy.length > SHOWN_QUEUES ? [`  … and ${busy.length - SHOWN_QUEUES} queues more`] : []),
      ...(busy.length === 0 ? ['  No job is left in any queue.'] : []),
      ...(waiting === 0 ? [] : [`  ${waiting} wait${waiting === 1 ? 's' : ''} for a connection of a pool`]),
      ...work.unfinished.slice(0, SHOWN_REQUESTS).map((request) => `  ${requestText(request)}`),
      ...(work.unfinished.length > SHOWN_REQUESTS ? [`  … and ${work.unfinished.length - SHOWN_REQUESTS} requests more`] : []),
      ...(work.unfinished.length === 0 ? [`  Nothing is on its way through the tap${isHopeless ? '' : `; ${waitersText(work)}`}.`] : []),
    ].join('\n'),
    remedy: remedyFor(unrest, busy),
  })
}

function oldestLines({ jobs }: QueueState, delayed: 'wait' | 'ignore'): readonly string[] {
  const oldest = jobs.find(({ state }) => state !== 'scheduled' && (state !== 'delayed' || delayed === 'wait'))
  return oldest === undefined ? [] : [`    the oldest: ${jobLine(oldest)}`]
}

function requestText({ connection, store, why, subject }: UnfinishedRequest): string {
  const text = subject === undefined ? '' : `: ${subjectText(subject)}`
  return `${store === 'postgres' ? 'pg' : 'redis'} #${connection} ${why}${text}`
}

function waitersText({ readers, polls }: WorkState): string {
  if (readers === 0 && polls === 0) return 'in that time nobody waited for jobs there, neither in Redis (BZPOPMIN) nor by polls'
  return `${readers} connection${readers === 1 ? ' waits' : 's wait'} in Redis, and there ${polls === 1 ? 'was 1 poll' : `were ${polls} polls`} for jobs`
}

function remedyFor({ work, isHopeless }: Unrest, busy: readonly QueueState[]): string {
  if (work.unfinished.some(({ why }) => why === 'held by a rule')) return 'Release or remove the rule first.'
  if (work.unfinished.some(({ why }) => why === 'idle in a transaction'))
    return 'End the transaction: COMMIT or ROLLBACK before its connection is given back.'
  if (isHopeless) return dueRemedy(busy)
  if (busy.some(({ isPaused }) => isPaused)) return 'Resume the queue that is paused.'
  const isUnattended = busy.every(({ library }) => (library === 'bullmq' ? work.readers : work.polls) === 0)
  if (busy.length > 0 && isUnattended)
    return 'Start a worker, and let it connect to suite.redis.url or suite.postgres.url: past the tap nobody sees it.'
  if (busy.some(({ counts }) => counts.active > 0)) return 'See what the active job waits for: no request of it is on its way.'
  return 'Give it longer with { timeoutMs }, or name the queues that matter with { queues }.'
}

function dueRemedy(busy: readonly QueueState[]): string {
  const jobs = busy.flatMap((queue) => queue.jobs.map((job) => ({ job, library: queue.library })))
  const timed = jobs.filter(({ job }) => job.state === 'delayed' || job.state === 'retrying')
  const next = timed.toSorted((a, b) => dueIn(a.job) - dueIn(b.job))[0]
  const ahead = `${Math.ceil(dueIn(next?.job) / 1000)}s`
  const onlyDelayed = timed.every(({ job }) => job.state === 'delayed') ? " Or leave delayed jobs out: { delayed: 'ignore' }." : ''
  if (next?.library === 'bullmq')
    return `The next is due in ${formatDuration(dueIn(next.job))}: await suite.clock.advance('${ahead}') first.${onlyDelayed}`
  return `The next is due in ${formatDuration(dueIn(next?.job))} by the clock of Postgres: suite.clock.advance('${ahead}') moves it with isolation 'server' and clock: 'movable'.${onlyDelayed}`
}

function dueIn(job: QueueJob | undefined): number {
  return Math.max(0, job?.dueInMs ?? 0)
}

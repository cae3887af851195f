import { formatDuration } from '../primitives/duration.js'
import { OPEN_STATES } from './open-states.js'
import type { QueueJob, QueueState } from './queue-snapshot.js'

const STATE_WORDS: Readonly<Record<QueueJob['state'], string>> = {
  active: 'active',
  waiting: 'waiting',
  prioritized: 'prioritized',
  delayed: 'delayed',
  retrying: 'retrying',
  waitingChildren: 'waiting for children',
  scheduled: 'scheduled',
  failed: 'failed',
}
const DATA = 60
const REASON = 100

export function printQueues(queues: readonly QueueState[]): string {
  if (queues.length === 0) return 'no queue of BullMQ, pg-boss or graphile-worker'
  return queues
    .flatMap((queue) => [queueLine(queue), ...[...queue.jobs, ...queue.failed].slice(0, 10).map((job) => `  ${jobLine(job)}`)])
    .join('\n')
}

/** `mail (bullmq): 2 waiting, 1 active, 1 failed, 3 completed` */
export function queueLine({ name, library, isPaused, counts }: QueueState): string {
  const states = [...OPEN_STATES, 'scheduled', 'failed'] as const
  const shown = [
    ...states.filter((state) => counts[state] > 0).map((state) => `${formatCount(counts[state])} ${STATE_WORDS[state]}`),
    ...(counts.completed === undefined ? [] : [`${formatCount(counts.completed)} completed`]),
  ]
  return `${name} (${library}${isPaused ? ', paused' : ''}): ${shown.length === 0 ? 'nothing in it' : shown.join(', ')}`
}

/** `#7 send  retrying, due in 8 s, 1 of 3 attempts made: connection refused  {"to":"ann"}` */
export function jobLine({ id, name, state, attemptsMade, attemptsAllowed, dueInMs, reason, data }: QueueJob): string {
  const due = dueInMs === undefined ? '' : dueInMs > 0 ? `, due in ${formatDuration(dueInMs)}` : ', due'
  const allowed = attemptsAllowed === undefined ? '' : ` of ${attemptsAllowed}`
  const attempts = `, ${attemptsMade}${allowed} attempt${(attemptsAllowed ?? attemptsMade) === 1 ? '' : 's'} made`
  const why = reason === undefined ? '' : `: ${clip(reason, REASON)}`
  return `#${id} ${name}  ${STATE_WORDS[state]}${due}${attempts}${why}  ${clip(data, DATA)}`.trimEnd()
}

function clip(text: string, most: number): string {
  const [line = ''] = text.split('\n', 1)
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`
}

function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

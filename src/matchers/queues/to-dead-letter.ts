import { jobLine } from '../../queues/print-queues.js'
import { isQueueSnapshot, type QueueJob, type QueueState } from '../../queues/queue-snapshot.js'
import { checkWholeNumber, wrongOption } from '../../primitives/options.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { namesOf, queueLines, readQueues, requireAddedJobs, type QueueOptions } from './read-queues.js'

export interface DeadLetterExpectation extends QueueOptions {
  /** So many attempts, neither fewer nor more. */
  readonly after: number
  /** How many jobs have failed. @default at least one */
  readonly jobs?: number
  /** The queue that takes what has failed: it holds one job for each. @default none: what has failed stays in its queue */
  readonly deadLetterQueue?: string
}

const SHOWN = 3

/**
 * Passes when jobs have failed for good, each after exactly so many attempts and with a reason, and none of them is still to be tried. With a
 * dead-letter queue, when that holds exactly one job for each.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no snapshot of queues, where there is no queue, or where no job was ever added
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function toDeadLetter(received: unknown, expected: DeadLetterExpectation): MatcherVerdict {
  const all = readQueues(received, expected, 'toDeadLetter', ['after', 'jobs', 'deadLetterQueue'])
  const { after, jobs, deadLetterQueue, queue } = expected
  checkWholeNumber('after', after, 1, 'a whole number of attempts from 1 on')
  if (jobs !== undefined) checkWholeNumber('jobs', jobs, 1)
  const letters = deadLetterQueue === undefined ? undefined : findQueue(received, deadLetterQueue)
  const judged = queue === undefined ? all.filter((one) => one !== letters) : all
  const failed = judged.flatMap((one) => one.failed)
  const total = judged.reduce((sum, { counts }) => sum + counts.failed, 0)
  if (total === 0) requireAddedJobs(judged, 'toDeadLetter')
  const retrying = judged.flatMap((one) => one.jobs).filter(({ state, attemptsMade }) => state === 'retrying' || attemptsMade >= after)
  const wrongly = failed.filter(({ attemptsMade }) => attemptsMade !== after)
  const silent = failed.filter(({ reason }) => reason === undefined || reason === '')
  const held =
    letters === undefined ? undefined : Object.values({ ...letters.counts, scheduled: 0 }).reduce<number>((sum, one) => sum + (one ?? 0), 0)
  const faults = [
    ...(total === 0 ? ['no job has failed for good'] : []),
    ...(jobs !== undefined && total > 0 && total !== jobs ? [`${count(total)} failed for good instead of ${formatCount(jobs)}`] : []),
    ...(retrying.length > 0 ? [`${count(retrying.length)} ${retrying.length === 1 ? 'is' : 'are'} still to be tried`] : []),
    ...(wrongly.length > 0 ? [`${count(wrongly.length)} failed after ${attemptsOf(wrongly)} instead of ${formatCount(after)}`] : []),
    ...(silent.length > 0 ? [`${count(silent.length)} failed without a reason`] : []),
    ...(held !== undefined && held !== total ? [`${deadLetterQueue} holds ${count(held)} for ${formatCount(total)} that failed`] : []),
  ]
  const shown = (offenders: readonly QueueJob[]): readonly string[] => [
    ...queueLines(letters === undefined ? judged : [...judged, letters]),
    ...offenders.slice(0, SHOWN).map((job) => `    ✗ ${jobLine(job)}`),
    ...(offenders.length > SHOWN ? [`    … and ${formatCount(offenders.length - SHOWN)} more`] : []),
  ]
  return makeVerdict(
    faults.length === 0,
    () => [
      `Expected the dead letters of ${namesOf(judged)} after ${formatCount(after)} attempt${after === 1 ? '' : 's'}: ${faults.join('; ')}.`,
      ...shown([...new Set([...wrongly, ...silent, ...retrying])]),
    ],
    () => [
      `${count(total)} failed for good after ${formatCount(after)} attempt${after === 1 ? '' : 's'}, expected that none does.`,
      ...shown(failed),
    ],
  )
}

function findQueue(received: unknown, name: string): QueueState {
  const queues = isQueueSnapshot(received) ? received.queues : []
  const found = queues.find((queue) => queue.name === name)
  if (found === undefined) throw wrongOption('deadLetterQueue', `one of ${queues.map((queue) => queue.name).join(', ')}`, name)
  return found
}

function count(jobs: number): string {
  return `${formatCount(jobs)} job${jobs === 1 ? '' : 's'}`
}

/** `1 attempt`, `1 and 5 attempts` */
function attemptsOf(jobs: readonly QueueJob[]): string {
  const made = [...new Set(jobs.map(({ attemptsMade }) => attemptsMade))].toSorted((a, b) => a - b)
  return `${made.join(' and ')} attempt${made.length === 1 && made[0] === 1 ? '' : 's'}`
}

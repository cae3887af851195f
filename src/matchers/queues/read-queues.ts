import { printQueues, queueLine } from '../../queues/print-queues.js'
import { isQueueSnapshot, type QueueState } from '../../queues/queue-snapshot.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'

/** Which queues are judged. */
export interface QueueOptions {
  /** The name of one. @default all of the snapshot */
  readonly queue?: string
}

const VERB = "const queues = await suite.inspectQueues(['mail'])"

/**
 * The queues that a matcher was given.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, with and without `.not`, when it is anything else, or there is none
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a queue that is not in it
 */
export function readQueues(
  received: unknown,
  options: QueueOptions,
  matcher: string,
  known: readonly string[] = [],
): readonly QueueState[] {
  if (!isQueueSnapshot(received)) throw wrongEvidence(received, matcher, 'queues', VERB)
  if (typeof options !== 'object' || options === null) throw wrongOption('options', "an object such as { queue: 'mail' }", options)
  checkOptionNames(options, [...known, 'queue'], `${matcher}()`)
  const { queues } = received
  if (queues.length === 0) {
    throw unjudgeable(
      [`${matcher} judges queues, and there is none: no keys of BullMQ and no tables of pg-boss or graphile-worker were found.`],
      'Check that the application keeps its jobs in suite.redis.url (database 0) or suite.postgres.url.',
    )
  }
  const { queue } = options
  if (queue === undefined) return queues
  const named = queues.filter(({ name }) => name === queue)
  if (named.length === 0) throw wrongOption('queue', `one of ${queues.map(({ name }) => name).join(', ')}`, queue)
  return named
}

/**
 * For an expectation that is met by absence: where nobody ever added a job, none is missing.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`
 */
export function requireAddedJobs(queues: readonly QueueState[], matcher: string): void {
  if (queues.some(({ added, counts }) => added !== 0 || counts.failed > 0)) return
  throw unjudgeable(
    [`${matcher} found no job, and there never was one: nothing was added to ${namesOf(queues)}.`, ...queueLines(queues)],
    'Check that what is tested adds a job, to this queue of this suite.',
  )
}

export function queueLines(queues: readonly QueueState[]): readonly string[] {
  const shown = queues.slice(0, 5)
  return [...shown.map((queue) => `  ${queueLine(queue)}`), ...(queues.length > 5 ? [`  … and ${queues.length - 5} more`] : [])]
}

/** Queues with their first jobs. */
export function jobLines(queues: readonly QueueState[]): readonly string[] {
  const lines = printQueues(queues).split('\n')
  const shown = lines.slice(0, 14).map((line) => `  ${line}`)
  return lines.length > 14 ? [...shown, `  … and ${lines.length - 14} lines more: String(queues)`] : shown
}

/** `the queue mail`, `3 queues` */
export function namesOf(queues: readonly QueueState[]): string {
  return queues.length === 1 ? `the queue ${queues[0]?.name}` : `${queues.length} queues`
}

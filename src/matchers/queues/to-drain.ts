import { depthOf } from '../../queues/queue-snapshot.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { jobLines, namesOf, queueLines, readQueues, requireAddedJobs, type QueueOptions } from './read-queues.js'

/**
 * Passes when every job has ended well: the depth is 0 and none has failed for good. Take the snapshot when it is quiet: `await suite.quiet()` gives it.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no snapshot of queues, where there is no queue, or where no job was ever added
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a queue that is not in it
 */
export function toDrain(received: unknown, options: QueueOptions = {}): MatcherVerdict {
  const queues = readQueues(received, options, 'toDrain')
  const depth = queues.reduce((sum, queue) => sum + depthOf(queue), 0)
  const failed = queues.reduce((sum, { counts }) => sum + counts.failed, 0)
  if (depth === 0) requireAddedJobs(queues, 'toDrain')
  const left = queues.filter((queue) => depthOf(queue) > 0 || queue.counts.failed > 0)
  const what = [
    ...(depth > 0 ? [`${jobs(depth)} ${depth === 1 ? 'has' : 'have'} not ended`] : []),
    ...(failed > 0 ? [`${jobs(failed)} ${failed === 1 ? 'has' : 'have'} failed for good`] : []),
  ]
  return makeVerdict(
    left.length === 0,
    () => [
      `${upper(namesOf(queues))} did not drain: ${what.join(', ')}.`,
      ...jobLines(left),
      ...(left.some(({ counts }) => counts.waiting + counts.active > 0)
        ? ['  Take the snapshot when it is quiet: const queues = await suite.quiet()']
        : []),
    ],
    () => [`${upper(namesOf(queues))} drained, expected that something is left or has failed.`, ...queueLines(queues)],
  )
}

function jobs(count: number): string {
  return `${formatCount(count)} job${count === 1 ? '' : 's'}`
}

function upper(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

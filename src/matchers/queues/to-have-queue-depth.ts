import { depthOf } from '../../queues/queue-snapshot.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount, readRange, type CountRange } from '../recording/count-range.js'
import { jobLines, namesOf, readQueues, requireAddedJobs, type QueueOptions } from './read-queues.js'

/**
 * Passes when so many jobs have not ended: active, waiting, prioritized, delayed, retrying and waiting for children, of all queues together. The next
 * job of a scheduler does not count.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no snapshot of queues, or where there is no queue; and where no job is left and none was
 *   ever added
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a range or queue that is none
 */
export function toHaveQueueDepth(received: unknown, range: CountRange, options: QueueOptions = {}): MatcherVerdict {
  const queues = readQueues(received, options, 'toHaveQueueDepth')
  const { holds, label } = readRange(range, 'toHaveQueueDepth')
  const depth = queues.reduce((sum, queue) => sum + depthOf(queue), 0)
  if (depth === 0) requireAddedJobs(queues, 'toHaveQueueDepth')
  const said = `The depth of ${namesOf(queues)} is ${formatCount(depth)}`
  return makeVerdict(
    holds(depth),
    () => [`${said}, expected ${label}.`, ...jobLines(queues)],
    () => [`${said}, expected not ${label}.`, ...jobLines(queues)],
  )
}

import { checkWholeNumber } from '../../primitives/options.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { namesOf, queueLines, readQueues, requireAddedJobs, type QueueOptions } from './read-queues.js'

/**
 * Passes when at no time more than so many jobs of a queue were active, in all processes together. Of BullMQ by the queue's own stream of events, of
 * pg-boss by the times at which jobs were started and completed.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no snapshot of queues, where there is no queue, where no job was ever active, or where the
 *   library keeps no such record (graphile-worker)
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a number or queue that is none
 */
export function toHaveMaxActiveJobs(received: unknown, most: number, options: QueueOptions = {}): MatcherVerdict {
  const queues = readQueues(received, options, 'toHaveMaxActiveJobs')
  checkWholeNumber('most', most, 1)
  const untold = queues.find(({ peakActive }) => peakActive === undefined)
  if (untold !== undefined) {
    throw unjudgeable(
      [`toHaveMaxActiveJobs cannot tell how many jobs of ${untold.name} were active at a time: ${untold.library} keeps no record of it.`],
      "Judge what jobs do in a recording: expect(run).toHaveMaxConcurrency('UPDATE reports', 5).",
    )
  }
  const peak = Math.max(...queues.map(({ peakActive = 0 }) => peakActive))
  if (peak === 0) {
    requireAddedJobs(queues, 'toHaveMaxActiveJobs')
    throw unjudgeable(
      [`No job of ${namesOf(queues)} was active yet.`, ...queueLines(queues)],
      'Wait for them first: const queues = await suite.quiet()',
    )
  }
  const busiest = queues.filter(({ peakActive }) => peakActive === peak)
  const said = `At its peak ${formatCount(peak)} job${peak === 1 ? '' : 's'} of ${busiest[0]?.name} ${peak === 1 ? 'was' : 'were'} active at the same time`
  return makeVerdict(
    peak <= most,
    () => [
      `${said}, expected at most ${formatCount(most)}.`,
      ...queueLines(queues),
      '  The concurrency of a worker is its own: with several processes limit the queue, in BullMQ by queue.setGlobalConcurrency().',
    ],
    () => [`${said}, expected more than ${formatCount(most)}.`, ...queueLines(queues)],
  )
}

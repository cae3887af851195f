import { depthOf, type QueueState } from './queue-snapshot.js'

/** How many jobs have to end before it is quiet. */
export function openCounts(queues: readonly QueueState[], delayed: 'wait' | 'ignore'): number {
  return queues.reduce((sum, queue) => sum + depthOf(queue) - (delayed === 'ignore' ? queue.counts.delayed : 0), 0)
}

/** False where all that is left is due later. */
export function canEndBefore(queues: readonly QueueState[], delayed: 'wait' | 'ignore', ms: number): boolean {
  return queues.some((queue) => {
    const { counts, jobs } = queue
    if (depthOf(queue) > counts.delayed + counts.retrying) return true
    const timed = jobs.filter(({ state }) => state === 'retrying' || (state === 'delayed' && delayed === 'wait'))
    return timed.some(({ dueInMs = 0 }) => dueInMs <= ms)
  })
}

import type { SuiteVerbs } from '../databases/suite-parts.js'
import type { QueueState } from './queue-snapshot.js'

/**
 * A worker of BullMQ that waits for a delayed job waits in Redis (`BZPOPMIN`, 10 s at most), where a jump of the clock does not end the wait. It is ended
 * by the marker that BullMQ itself writes when a job is added (`includes/addBaseMarkerIfNeeded.lua`); the worker then moves what is due by its own clock.
 */
export async function wakeDueJobs(send: SuiteVerbs['send'], queues: readonly QueueState[], woken: Set<string>): Promise<void> {
  for (const { library, place, name, isPaused, jobs } of queues) {
    if (library !== 'bullmq' || isPaused) continue
    const due = jobs.filter(({ id, dueInMs = 1, attemptsMade }) => dueInMs <= 0 && !woken.has(`${place}:${name}:${id}:${attemptsMade}`))
    if (due.length === 0) continue
    for (const { id, attemptsMade } of due) woken.add(`${place}:${name}:${id}:${attemptsMade}`)
    await send(['ZADD', `${place}:${name}:marker`, 0, '0'])
  }
}

import type { SuiteVerbs } from '../databases/suite-parts.js'
import { quoteName } from '../primitives/sql-name.js'
import type { QueueLibrary } from './queue-snapshot.js'

/** A job that a worker holds. */
export interface HeldJob {
  readonly library: QueueLibrary
  readonly queue: string
  /** The prefix of its keys, or the schema of its tables. */
  readonly place: string
  readonly id: string
  readonly name: string
}

/** When the library takes a job from a worker that does not say anything any more, by default. */
export const LOCK_LIVES: Readonly<Record<QueueLibrary, string>> = {
  bullmq: 'lockDuration, 30 s',
  'pg-boss': 'expireInSeconds, 15 min',
  'graphile-worker': '4 h',
}

/**
 * Puts a job back into its queue as the library does when the worker's lock is over: BullMQ's check for stalled jobs, pg-boss' maintenance,
 * graphile-worker's reset of locks. False: it has no attempt left, so the library would give it up.
 */
export async function returnJob(
  { send, query }: Pick<SuiteVerbs, 'send' | 'query'>,
  { library, queue, place, id }: HeldJob,
): Promise<boolean> {
  if (library === 'bullmq') return (await send(['EVAL', RETURN_STALLED, 1, `${place}:${queue}`, id])) === 1
  const schema = quoteName(place)
  const { rows } =
    library === 'pg-boss'
      ? await query(
          `UPDATE ${schema}.job SET state = 'retry', start_after = now(), output = '{"value":{"message":"job failed by timeout in active state"}}'
           WHERE name = $1 AND id = $2::uuid AND state = 'active' AND retry_count < retry_limit RETURNING id`,
          [queue, id],
        )
      : await query(
          `WITH j AS (
             UPDATE ${schema}._private_jobs SET locked_at = NULL, locked_by = NULL, run_at = greatest(run_at, now())
             WHERE id = $1::bigint AND locked_at IS NOT NULL AND attempts < max_attempts RETURNING id, job_queue_id
           ), q AS (
             UPDATE ${schema}._private_job_queues SET locked_at = NULL, locked_by = NULL WHERE id IN (SELECT job_queue_id FROM j)
           ) SELECT id FROM j`,
          [id],
        )
  return rows.length === 1
}

/** What `moveStalledJobsToWait` does with one job whose lock has expired. */
const RETURN_STALLED = `
local base, id = KEYS[1], ARGV[1]
local function key(name) return base .. ':' .. name end
redis.call('DEL', key(id) .. ':lock')
redis.call('SREM', key('stalled'), id)
if redis.call('LREM', key('active'), 1, id) == 0 then return 0 end
redis.call('HINCRBY', key(id), 'stc', 1)
redis.call('RPUSH', key('wait'), id)
redis.call('ZADD', key('marker'), 0, '0')
redis.call('XADD', key('events'), '*', 'event', 'waiting', 'jobId', id, 'prev', 'active')
redis.call('XADD', key('events'), '*', 'event', 'stalled', 'jobId', id)
return 1
`

import type { MatchSubject } from '../wire/match.js'
import type { QueueLibrary } from './queue-snapshot.js'

/** A job that a worker tells its library is done. */
export interface Acknowledgement {
  readonly library: QueueLibrary
  /** Of BullMQ by the job's own key: `bull:mail` and `7`. Else the tables have to tell. */
  readonly job: { readonly base: string; readonly id: string } | undefined
}

const METRICS = ':metrics:completed'
/** `completeJobs` of pg-boss 10 and 11. */
const PG_BOSS = /\bset\s+completed_on\s*=\s*now\(\),\s*state\s*=\s*'completed'/i
/** `completeJob` of graphile-worker, with and without a named queue. */
const GRAPHILE_WORKER = /\bdelete\s+from\s+\S+\._private_jobs\s+as\s+jobs\s+where\s+id\s*=/i

/**
 * The acknowledgement that a request is, if it is one. Of BullMQ that is the script `moveToFinished`, the only one that gets the key of the metrics
 * of completed jobs; before it stands the key of the job.
 */
export function readAcknowledgement({ store, sql = '', keys = [] }: MatchSubject): Acknowledgement | undefined {
  if (store === 'postgres') {
    if (PG_BOSS.test(sql)) return { library: 'pg-boss', job: undefined }
    return GRAPHILE_WORKER.test(sql) ? { library: 'graphile-worker', job: undefined } : undefined
  }
  const at = keys.findIndex((key) => key.endsWith(METRICS))
  if (at < 1) return undefined
  const base = (keys[at] ?? '').slice(0, -METRICS.length)
  return { library: 'bullmq', job: { base, id: (keys[at - 1] ?? '').slice(base.length + 1) } }
}

import type { SuiteParts } from '../databases/suite-parts.js'
import { findBullmqQueues, readBullmqQueues } from './read-bullmq.js'
import { findGraphileWorkerSchemas, readGraphileWorkerQueues } from './read-graphile-worker.js'
import { findPgBossSchemas, readPgBossQueues } from './read-pg-boss.js'
import type { QueueState } from './queue-snapshot.js'

/** Where queues are kept in the stores of a suite. */
export interface QueuePlaces {
  readonly bullmq: readonly string[]
  readonly pgBoss: readonly string[]
  readonly graphileWorker: readonly string[]
}

/** Past the tap, on hotbed's own connections. */
export async function findQueues({ facts, verbs }: SuiteParts): Promise<QueuePlaces> {
  const [bullmq, pgBoss, graphileWorker] = await Promise.all([
    facts.redis === undefined ? [] : findBullmqQueues(verbs.send),
    facts.postgres === undefined ? [] : findPgBossSchemas(verbs.query),
    facts.postgres === undefined ? [] : findGraphileWorkerSchemas(verbs.query),
  ])
  return { bullmq, pgBoss, graphileWorker }
}

export interface QueueLook {
  /** Of the application. */
  readonly nowMs: number
  /** Reads the peak of active jobs too, where that takes longer. */
  readonly withHistory: boolean
}

export async function readQueues(
  { verbs }: SuiteParts,
  places: QueuePlaces,
  { nowMs, withHistory }: QueueLook,
): Promise<readonly QueueState[]> {
  const read = await Promise.all([
    readBullmqQueues(verbs.send, places.bullmq, nowMs, withHistory),
    ...places.pgBoss.map((schema) => readPgBossQueues(verbs.query, schema)),
    ...places.graphileWorker.map((schema) => readGraphileWorkerQueues(verbs.query, schema)),
  ])
  return read.flat()
}

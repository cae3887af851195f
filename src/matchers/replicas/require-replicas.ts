import type { Recording } from '../../wire/recording/recording.js'
import { unjudgeable } from '../message/evidence.js'

/** @throws {HotbedError} `ERR_HOTBED_EVIDENCE` where all there was is a primary */
export function requireReplicas({ replication }: Recording, matcher: string): void {
  if (replication.replicas > 0) return
  throw unjudgeable(
    [`${matcher} tells the primary from its replicas, and the stack of this suite has no replica.`],
    "Add one, postgres: { replicas: 1 }, and isolation: 'server'.",
  )
}

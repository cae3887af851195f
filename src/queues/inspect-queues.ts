import type { SuiteParts } from '../databases/suite-parts.js'
import { HotbedError } from '../primitives/error.js'
import { nearestName, wrongOption } from '../primitives/options.js'
import { findQueues, readQueues } from './find-queues.js'
import { makeQueueSnapshot, type QueueSnapshot, type QueueState } from './queue-snapshot.js'

/**
 * Every queue of the suite's stores, or those named.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a name that no queue has
 */
export async function inspectQueues(parts: SuiteParts, names: readonly string[] | undefined, nowMs: number): Promise<QueueSnapshot> {
  checkNames(names)
  const queues = await readQueues(parts, await findQueues(parts), { nowMs, withHistory: true })
  return makeQueueSnapshot(pickQueues(queues, names))
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for what are no names */
export function checkNames(names: unknown, option: string = 'queues'): void {
  if (names === undefined) return
  const isList = Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === 'string' && name !== '')
  if (!isList) throw wrongOption(option, "a list of names of queues, such as ['mail']", names)
}

/** Those of these names. @throws {HotbedError} `ERR_HOTBED_OPTION` for a name that none has */
export function pickQueues(queues: readonly QueueState[], names: readonly string[] | undefined): readonly QueueState[] {
  if (names === undefined) return queues
  const known = queues.map(({ name }) => name)
  const missing = names.find((name) => !known.includes(name))
  if (missing === undefined) return queues.filter(({ name }) => names.includes(name))
  const near = nearestName(missing, known)
  throw new HotbedError('ERR_HOTBED_OPTION', {
    message: `No queue of the suite is called '${missing}'; ${known.length === 0 ? 'it has none of BullMQ, pg-boss or graphile-worker' : `it has ${known.join(', ')}`}.`,
    remedy:
      near === undefined
        ? 'Check that the application keeps it in suite.redis.url (BullMQ, database 0) or suite.postgres.url. BullMQ makes it with the first job.'
        : `Did you mean '${near}'?`,
  })
}

import type { ConnectionTraffic } from '../exchange.js'
import type { Link } from './link.js'

/** A connection as plain data; the positions are those of the timeline. */
export function describeLink(
  link: Link,
  openedAt: number | undefined,
  closedAt: number | undefined,
  steered: string | undefined,
): ConnectionTraffic {
  const { id, store, instance, conversation } = link
  const { name, user, database, processId, refusal, orphans } = conversation.description()
  return {
    id,
    store,
    name,
    user,
    database,
    instance,
    processId,
    openedAt,
    closedAt,
    status: conversation.status(),
    endedBecause: link.endedBecause(),
    orphans,
    ...(refusal === undefined ? {} : { refusal }),
    ...(steered === undefined ? {} : { steered }),
  }
}

/** One that was sent away before anything was read of it. */
export function describeSentAway(
  { id, store, instance }: Pick<Link, 'id' | 'store' | 'instance'>,
  at: number,
  steered: string,
): ConnectionTraffic {
  const endedBecause = steered
  const unknown = { name: '', user: '', database: '', processId: undefined }
  return { id, store, instance, ...unknown, openedAt: at, closedAt: at, status: 'I', endedBecause, orphans: 0, steered }
}

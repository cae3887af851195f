import type { ConnectionTraffic } from '../exchange.js'
import type { SentAway } from './connection-rules.js'
import type { Link } from './link.js'

/** A connection as plain data; the positions are those of the timeline. */
export function describeLink(
  link: Link,
  openedAt: number | undefined,
  closedAt: number | undefined,
  steered: string | undefined,
): ConnectionTraffic {
  const { id, store, instance, replica, conversation } = link
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
    ...(replica === undefined ? {} : { replica }),
    ...(refusal === undefined ? {} : { refusal }),
    ...(steered === undefined ? {} : { steered }),
  }
}

/** One that was sent away before anything was read of it. */
export function describeSentAway(
  { id, store, instance, replica }: Pick<Link, 'id' | 'store' | 'instance' | 'replica'>,
  at: number,
  { steered, refusal }: SentAway,
): ConnectionTraffic {
  const endedBecause = steered
  const unknown = { name: '', user: '', database: '', processId: undefined }
  return {
    id,
    store,
    instance,
    ...unknown,
    openedAt: at,
    closedAt: at,
    status: 'I',
    endedBecause,
    orphans: 0,
    ...(replica === undefined ? {} : { replica }),
    ...(refusal === undefined ? {} : { refusal }),
    steered,
  }
}

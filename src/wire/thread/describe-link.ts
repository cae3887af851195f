import type { ConnectionTraffic } from '../exchange.js'
import type { Link } from './link.js'

/** A connection as plain data; the positions are those of the timeline. */
export function describeLink(link: Link, openedAt: number | undefined, closedAt: number | undefined): ConnectionTraffic {
  const { id, store, instance, conversation } = link
  const { name, user, database, processId, orphans } = conversation.description()
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
  }
}

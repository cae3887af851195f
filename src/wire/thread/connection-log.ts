import type { ConnectionTraffic } from '../exchange.js'

/** What the windows that are open have seen of each connection, those that have gone too. */
export interface ConnectionLog {
  readonly opened: (id: number, at: number) => void
  readonly openedAt: (id: number) => number | undefined
  readonly closed: (connection: ConnectionTraffic) => void
  readonly forget: (id: number) => void
  /** Those that have gone, in the order in which they were opened. */
  readonly gone: () => readonly ConnectionTraffic[]
  readonly clear: () => void
}

/** A client may come back for ever while a store is out. Of those that an outage struck so many are kept; all are counted by its rule. */
const MOST_STRUCK = 1_000

export function createConnectionLog(): ConnectionLog {
  const seen = new Map<number, { readonly openedAt: number | undefined; readonly closed: ConnectionTraffic | undefined }>()
  let struck = 0
  return {
    opened: (id, at) => void seen.set(id, { openedAt: at, closed: undefined }),
    openedAt: (id) => seen.get(id)?.openedAt,
    closed: (connection) => {
      if (connection.steered !== undefined) struck += 1
      if (connection.steered !== undefined && struck > MOST_STRUCK) seen.delete(connection.id)
      else seen.set(connection.id, { openedAt: connection.openedAt, closed: connection })
    },
    forget: (id) => void seen.delete(id),
    gone: () => [...seen.values()].flatMap(({ closed }) => closed ?? []),
    clear: () => {
      seen.clear()
      struck = 0
    },
  }
}

import type { ConnectionTraffic } from '../exchange.js'
import type { RecordedConnections } from './recording.js'

export function readConnections(connections: readonly ConnectionTraffic[], seen: number): RecordedConnections {
  return Object.freeze({
    seen,
    opened: connections.filter(({ openedAt }) => openedAt !== undefined).length,
    peak: Object.freeze({ postgres: peakOf(connections, 'postgres'), redis: peakOf(connections, 'redis') }),
    list: Object.freeze(connections.map((connection) => Object.freeze({ ...connection }))),
  })
}

/** One that is closed at the position at which another is opened is gone by then. */
function peakOf(connections: readonly ConnectionTraffic[], store: 'postgres' | 'redis'): number {
  const changes = connections
    .filter((one) => one.store === store)
    .flatMap(({ openedAt, closedAt }) => [
      { at: openedAt ?? -Infinity, by: 1 },
      { at: closedAt ?? Infinity, by: -1 },
    ])
    .toSorted((a, b) => (a.at === b.at ? a.by - b.by : a.at - b.at))
  let open = 0
  let peak = 0
  for (const { by } of changes) {
    open += by
    peak = Math.max(peak, open)
  }
  return peak
}

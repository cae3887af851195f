import type { LiveExchange } from '../conversation.js'
import type { Counted, Metered, MeteredStore } from '../metered.js'
import { readLookups } from '../redis/lookups.js'
import type { createLatencyHistogram } from '../../primitives/latency-histogram.js'

type Store = 'postgres' | 'redis'

/** Counts traffic for somebody who wants sums of it, for which a recording of each exchange would be too much. */
export interface Meter {
  readonly begin: (exchange: LiveExchange) => void
  /** `earlierMs`: when it seemed to end before, where a later message moves the end. */
  readonly end: (exchange: LiveExchange, earlierMs: number | undefined) => void
  readonly opened: (store: Store) => void
  readonly closed: (store: Store, connection: number) => void
  readonly refused: (store: Store, kind: string) => void
  /** Begins again from nothing. */
  readonly restart: () => void
  readonly read: (connectionsSeen: number) => Metered
}

/** `open`: connections that are open now. */
export function createMeter(createHistogram: typeof createLatencyHistogram, open: Readonly<Record<Store, number>>): Meter {
  const stores = { postgres: createStoreMeter(createHistogram, open.postgres), redis: createStoreMeter(createHistogram, open.redis) }
  let loop = performance.eventLoopUtilization()
  return {
    begin: (exchange) => stores[exchange.store].begin(exchange),
    end: (exchange, earlierMs) => stores[exchange.store].end(exchange, earlierMs),
    opened: (store) => stores[store].opened(),
    closed: (store, connection) => stores[store].closed(connection),
    refused: (store, kind) => stores[store].refused(kind),
    restart: () => {
      loop = performance.eventLoopUtilization()
      stores.postgres.restart()
      stores.redis.restart()
    },
    read: (connectionsSeen) => ({
      postgres: stores.postgres.read(),
      redis: stores.redis.read(),
      connectionsSeen,
      utilization: performance.eventLoopUtilization(loop).utilization,
    }),
  }
}

interface StoreMeter extends Pick<Meter, 'begin' | 'end' | 'restart'> {
  readonly opened: () => void
  readonly closed: (connection: number) => void
  readonly refused: (kind: string) => void
  readonly read: () => MeteredStore
}

const nothing = () => ({ exchanges: 0, wireMs: 0, requestBytes: 0, replyBytes: 0, hits: 0, misses: 0 })

function createStoreMeter(createHistogram: typeof createLatencyHistogram, openNow: number): StoreMeter {
  const histogram = createHistogram()
  const errors = new Map<string, number>()
  const refusals = new Map<string, number>()
  /** Under way, by connection. */
  const inFlight = new Set<LiveExchange>()
  let sums = nothing()
  let connections = openNow
  let peakConnections = openNow
  let peakInFlight = 0
  return {
    begin: (exchange) => {
      inFlight.add(exchange)
      if (inFlight.size > peakInFlight) peakInFlight = inFlight.size
    },
    end: (exchange, earlierMs) => {
      const isPatient = exchange.store === 'redis' && exchange.isBlocking
      const endMs = exchange.endMs ?? exchange.startMs
      if (!inFlight.delete(exchange)) {
        // Of one that began before the meter, or has been counted: only the rest.
        if (earlierMs !== undefined && !isPatient) sums.wireMs += endMs - earlierMs
        return
      }
      sums.exchanges += 1
      sums.requestBytes += exchange.requestBytes
      sums.replyBytes += exchange.replyBytes
      if (!isPatient) {
        sums.wireMs += endMs - exchange.startMs
        histogram.record(endMs - exchange.startMs)
      }
      const error = errorOf(exchange)
      if (error !== undefined) errors.set(error, (errors.get(error) ?? 0) + 1)
      if (exchange.store === 'postgres') return
      for (const { outcome } of readLookups(exchange.args, exchange.keyPositions, exchange.reply)) {
        if (outcome === 'hit') sums.hits += 1
        else sums.misses += 1
      }
    },
    opened: () => {
      connections += 1
      if (connections > peakConnections) peakConnections = connections
    },
    closed: (connection) => {
      connections -= 1
      for (const exchange of inFlight) if (exchange.connection === connection) inFlight.delete(exchange)
    },
    refused: (kind) => void refusals.set(kind, (refusals.get(kind) ?? 0) + 1),
    restart: () => {
      histogram.clear()
      errors.clear()
      refusals.clear()
      inFlight.clear()
      sums = nothing()
      peakConnections = connections
      peakInFlight = 0
    },
    read: () => ({
      ...sums,
      latency: histogram.encode(),
      errors: counted(errors),
      refused: counted(refusals),
      peakConnections,
      peakInFlight,
    }),
  }
}

function errorOf(exchange: LiveExchange): string | undefined {
  if (exchange.store === 'postgres') return exchange.error?.code
  return typeof exchange.reply === 'string' && exchange.reply.startsWith('-') ? exchange.reply.slice(1).split(/\s/, 1)[0] : undefined
}

function counted(counts: ReadonlyMap<string, number>): readonly Counted[] {
  return [...counts].map(([kind, count]) => ({ kind, count })).toSorted((a, b) => b.count - a.count)
}

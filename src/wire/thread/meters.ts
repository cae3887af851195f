import type { Metered } from '../metered.js'
import type { LiveExchange } from '../conversation.js'
import { createMeter, type Meter } from './meter.js'

type Store = 'postgres' | 'redis'

/** What of a suite in the thread counts traffic. */
export interface MeterVerbs {
  /** Gives the meter's number. It counts from here on. */
  readonly openMeter: () => Promise<number>
  /** It counts again from nothing. */
  readonly restartMeter: (id: number) => void
  /** What it has counted. It counts no more. */
  readonly closeMeter: (id: number) => Metered
}

export interface Meters extends Pick<Meter, 'begin' | 'end' | 'opened' | 'closed' | 'refused'> {
  readonly isOpen: () => boolean
  readonly verbs: MeterVerbs
}

/** `countLinks`: connections that are open now; `connectionsSeen`: since the suite opened. */
export function createMeters(countLinks: (store: Store) => number, connectionsSeen: () => number): Meters {
  const meters = new Map<number, Meter>()
  let lastNumber = 0
  const find = (id: number): Meter => {
    const meter = meters.get(id)
    if (meter === undefined) throw new Error(`there is no meter ${id}`)
    return meter
  }
  return {
    isOpen: () => meters.size > 0,
    begin: (exchange: LiveExchange) => {
      for (const meter of meters.values()) meter.begin(exchange)
    },
    end: (exchange, earlierMs) => {
      for (const meter of meters.values()) meter.end(exchange, earlierMs)
    },
    opened: (store) => {
      for (const meter of meters.values()) meter.opened(store)
    },
    closed: (store, connection) => {
      for (const meter of meters.values()) meter.closed(store, connection)
    },
    refused: (store, kind) => {
      for (const meter of meters.values()) meter.refused(store, kind)
    },
    verbs: {
      openMeter: async () => {
        // Loaded by the first who measures: the start of the tap need not wait for it.
        const { createLatencyHistogram } = await import('../../primitives/latency-histogram.js')
        const id = (lastNumber += 1)
        meters.set(id, createMeter(createLatencyHistogram, { postgres: countLinks('postgres'), redis: countLinks('redis') }))
        return id
      },
      restartMeter: (id) => find(id).restart(),
      closeMeter: (id) => {
        const metered = find(id).read(connectionsSeen())
        meters.delete(id)
        return metered
      },
    },
  }
}

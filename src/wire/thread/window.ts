import type { ClockJump, ConnectionTraffic, Exchange, PlanText, ReplayHold, Traffic } from '../exchange.js'
import type { LiveEvent } from '../conversation.js'
import type { LiveResult, LiveStatement } from '../postgres/live-statement.js'

/** A recording while it is open. */
export interface Window {
  readonly isPlanned: boolean
  readonly add: (event: LiveEvent) => void
  /** Its reply is there, or cannot come any more. */
  readonly end: (event: LiveEvent) => void
  /** The connection has gone: what has no reply will have none. */
  readonly forget: (connection: number) => void
  readonly overlap: () => void
  /** The suite's clock has moved. */
  readonly jump: (at: number, byMs: number) => void
  /** Requests of it that have no whole reply yet and will have one soon. */
  readonly unanswered: () => number
  /** What it has seen, as plain data. Exchanges that are still open stay without an end. */
  readonly close: (connections: readonly ConnectionTraffic[], connectionsSeen: number) => Traffic
}

export interface WindowReplication {
  readonly replicas: number
  /** Of the time since the window was opened. */
  readonly holds: () => readonly ReplayHold[]
}

/** `aheadMs`: how far the suite's clock is ahead of the machine's. */
export function openWindow(isPlanned: boolean, aheadMs: number, { replicas, holds }: WindowReplication): Window {
  const openedMs = performance.now()
  const openedAtMs = Date.now() + aheadMs
  const jumps: ClockJump[] = []
  const events: LiveEvent[] = []
  const open = new Set<LiveEvent>()
  let isOverlapping = false
  return {
    isPlanned,
    add: (event) => {
      events.push(event)
      // A command that may wait as long as it likes is not waited for.
      if (event.store !== 'redis' || !event.isBlocking) open.add(event)
    },
    end: (event) => {
      open.delete(event)
      if (event.store !== 'postgres') return
      // A list that was pushed to has room for many more.
      for (const result of event.results) result.plans = result.plans.slice()
      event.results = event.results.slice()
    },
    forget: (connection) => {
      for (const event of open) if (event.connection === connection) open.delete(event)
    },
    overlap: () => (isOverlapping = true),
    jump: (at, byMs) => void jumps.push({ at, atMs: performance.now() - openedMs, byMs }),
    unanswered: () => open.size,
    close: (connections, connectionsSeen) => {
      const shapes = new Map<string, number>()
      const number = (shape: string): number => {
        const known = shapes.get(shape) ?? shapes.size
        shapes.set(shape, known)
        return known
      }
      const since = (ms: number): number => ms - openedMs
      return {
        connections,
        exchanges: events.map((live): Exchange => {
          const times = { startMs: since(live.startMs), endMs: live.endMs === undefined ? undefined : since(live.endMs) }
          return live.store === 'postgres'
            ? { ...live, ...times, results: live.results.map((one) => handOver(one, number)) }
            : { ...live, ...times }
        }),
        planShapes: [...shapes.keys()],
        durationMs: since(performance.now()),
        isOverlapping,
        connectionsSeen,
        openedAtMs,
        jumps,
        replication: { replicas, holds: holds() },
      }
    },
  }
}

function handOver(result: LiveResult, number: (shape: string) => number): LiveStatementResult {
  return { ...result, plans: result.plans.map(({ shape, ...rest }): PlanText => ({ ...rest, shape: number(shape) })) }
}

type LiveStatementResult = Omit<LiveStatement['results'][number], 'plans'> & { readonly plans: readonly PlanText[] }

import type { Point, StepperHost } from './stepper.js'

/** Waits until it is known of every request that was sent whether it is answered or waits for a lock. */
export interface ServerWait {
  readonly sent: (point: Point) => void
  /** A request was answered, or its connection has gone. */
  readonly happened: (mayReleaseLocks: boolean) => void
  /** False: at the deadline a request has neither an answer nor somebody whom it waits for. */
  readonly settle: () => Promise<boolean>
  /** Waits until all who wait for a lock have done so for that long. */
  readonly age: (ms: number) => Promise<void>
  readonly isOwed: () => boolean
  /** The next answer. False: none came before the deadline. */
  readonly event: () => Promise<boolean>
}

/** Most statements are answered by then. */
const FIRST_LOOK_MS = 1
const SLOWEST_LOOK_MS = 16

export function createServerWait(points: ReadonlySet<Point>, host: StepperHost, deadlineMs: number): ServerWait {
  let events = 0
  /** Who was the last to use a session. */
  const owners = new Map<number, number>()
  const sentMs = new WeakMap<Point, number>()
  const inState = (state: Point['state']): readonly Point[] => [...points].filter((point) => point.state === state)
  const event = async (): Promise<boolean> => {
    const before = events
    await host.until(() => events !== before, deadlineMs)
    return events !== before
  }
  const processIdOf = ({ link }: Point): number => link.conversation.description().processId ?? 0

  /** The server ends one of those who wait for each other: the others must not go on before it has. */
  const isDeadlock = (blockers: ReadonlyMap<number, readonly number[]>): boolean => {
    const reaches = (from: number, to: number, seen: Set<number>): boolean =>
      (blockers.get(from) ?? []).some((next) => {
        if (next === to) return true
        if (seen.has(next)) return false
        seen.add(next)
        return reaches(next, to, seen)
      })
    return [...blockers.keys()].some((processId) => reaches(processId, processId, new Set()))
  }

  const look = async (): Promise<ReadonlyMap<number, readonly number[]>> => {
    const asked = [...inState('sent'), ...inState('blocked')].filter(({ link }) => link.store === 'postgres')
    if (asked.length === 0) return new Map()
    const before = events
    const found = await host.findBlocked(asked.map(processIdOf))
    // What was found may not be true any more.
    if (before !== events) return new Map()
    const blockers = new Map(found.map(({ processId, by }) => [processId, by]))
    for (const point of asked) {
      const by = blockers.get(processIdOf(point))
      if (by === undefined) continue
      point.state = 'blocked'
      if (point.taken !== undefined) point.taken.waitedFor = by.map((one) => owners.get(one) ?? 0)
    }
    return blockers
  }
  const settle = async (): Promise<boolean> => {
    const end = performance.now() + deadlineMs
    for (let lookMs = FIRST_LOOK_MS; ; lookMs = Math.min(lookMs * 2, SLOWEST_LOOK_MS)) {
      if (inState('sent').length === 0) return true
      await host.until(() => inState('sent').length === 0, lookMs)
      if (inState('sent').length === 0) return true
      const blockers = await look()
      if (isDeadlock(blockers) && !(await event())) return false
      if (performance.now() > end) return false
    }
  }

  return {
    sent: (point) => {
      sentMs.set(point, performance.now())
      owners.set(processIdOf(point), point.participant)
    },
    happened: (mayReleaseLocks) => {
      events += 1
      if (mayReleaseLocks) for (const point of points) if (point.state === 'blocked') point.state = 'sent'
      host.changed()
    },
    settle,
    age: async (ms) => {
      for (const point of inState('blocked')) {
        const leftMs = ms - (performance.now() - (sentMs.get(point) ?? 0))
        if (leftMs > 0) await host.until(() => point.state !== 'blocked', leftMs)
      }
    },
    isOwed: () => inState('blocked').length > 0,
    event,
  }
}

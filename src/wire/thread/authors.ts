import type { QuietReport } from '../stepping.js'
import type { Link } from './link.js'
import type { Point } from './stepper.js'

/**
 * Whose request is whose, which the wire does not show: a pool hands its connections out anew, and one connection to Redis serves all. But
 * only one participant is started, or told something, at a time; what comes until everything is quiet again was set off by that.
 */
export interface Authors {
  /** This one is started or told something: what comes now is of theirs. */
  readonly begin: (participant: number) => void
  readonly current: () => number
  readonly hasStarted: (participant: number) => boolean
  readonly arrived: (point: Point) => void
  readonly report: (report: QuietReport) => void
  /** Those who have begun, have not settled, and have nothing on their way: they wait for something that the wire does not show. */
  readonly missing: () => readonly number[]
  /** Says of what has come since the last time whose it is. */
  readonly assign: () => void
  readonly areDone: (participants: number) => boolean
}

export function createAuthors(points: ReadonlySet<Point>, links: () => Iterable<Link>): Authors {
  const started = new Set<number>()
  let settled: ReadonlySet<number> = new Set()
  let ran: number[] = []
  let arrivals: Point[] = []
  let current = 0

  const isSilent = (participant: number): boolean => {
    for (const point of points) if (point.participant === participant && !arrivals.includes(point)) return false
    for (const link of links()) if (link.waitingAuthors().includes(participant)) return false
    return true
  }
  const silent = (): readonly number[] => [...started].filter((participant) => !settled.has(participant) && isSilent(participant))

  /**
   * Usually whoever was told something has sent it. But that may have handed its connection to another who waited for one, and a timer may have
   * woken somebody: then it is of one who had nothing on the way, whose code has run; or, when whoever was told is done, of the one who has waited
   * longest.
   */
  const writers = (): readonly number[] => {
    const woken = ran.filter((participant) => participant !== current && silent().includes(participant))
    if (!settled.has(current)) return woken.length === 0 || ran.includes(current) ? [...woken, current] : woken
    return woken.length > 0 ? woken : silent().slice(0, 1)
  }

  const assign = (): void => {
    if (arrivals.length > 0) {
      const from = writers()
      for (const [index, point] of arrivals.entries()) point.participant = from[Math.min(index, from.length - 1)] ?? point.participant
    }
    arrivals = []
    ran = []
  }

  return {
    begin: (participant) => {
      started.add(participant)
      current = participant
    },
    current: () => current,
    hasStarted: (participant) => started.has(participant),
    arrived: (point) => void arrivals.push(point),
    report: (report) => {
      settled = new Set(report.settled)
      for (const participant of report.ran) if (!ran.includes(participant)) ran.push(participant)
    },
    missing: () => {
      const from = arrivals.length === 0 ? [] : writers().slice(0, arrivals.length)
      return silent().filter((participant) => !from.includes(participant))
    },
    assign,
    areDone: (participants) => started.size === participants && settled.size === participants,
  }
}

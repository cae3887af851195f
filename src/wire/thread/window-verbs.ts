import type { ConnectionTraffic } from '../exchange.js'
import type { ReplayHolds } from './replay-holds.js'
import type { TappedSuite } from './suite-verbs.js'
import { untilQuiet, type QuietHost } from './until-quiet.js'
import { openWindow, type Window } from './window.js'

export interface WindowVerbsHost extends Pick<QuietHost, 'until'> {
  readonly windows: Map<number, Window>
  readonly nextNumber: () => number
  /** How far the suite's clock is ahead of the machine's. */
  readonly offsetMs: () => number
  /** How many requests rules hold. */
  readonly held: () => number
  readonly isConnecting: () => boolean
  /** Settles when those clients have gone who have said goodbye. */
  readonly letLeave: () => Promise<void>
  readonly lastTrafficMs: () => number
  readonly connections: () => readonly ConnectionTraffic[]
  readonly connectionsSeen: () => number
  readonly replicas: number
  readonly holds: ReplayHolds
  /** No window is open any more. */
  readonly lastClosed: () => void
}

/** How recordings open and close. */
export function createWindowVerbs(host: WindowVerbsHost): Pick<TappedSuite, 'openWindow' | 'closeWindow'> {
  const { windows, until } = host
  return {
    openWindow: async ({ plans }) => {
      // Whoever has said goodbye before is none of its connections.
      await host.letLeave()
      const id = host.nextNumber()
      const window = openWindow(plans, host.offsetMs(), { replicas: host.replicas, holds: host.holds.watch() })
      for (const other of windows.values()) {
        other.overlap()
        window.overlap()
      }
      windows.set(id, window)
      return id
    },
    closeWindow: async (id, { settleMs, deadlineMs }) => {
      const window = windows.get(id)
      if (window === undefined) throw new Error(`there is no window ${id}`)
      const asked = performance.now()
      // A request that a rule holds will not be answered before the rule lets it go, and that may be after this.
      const isAsked = (): boolean => window.unanswered() > host.held() || host.isConnecting()
      // What was sent just before is still on its way here.
      const quietMs = (): number => performance.now() - Math.max(host.lastTrafficMs(), asked)
      await untilQuiet({ until, isAsked, quietMs }, settleMs, deadlineMs)
      windows.delete(id)
      const traffic = window.close(host.connections(), host.connectionsSeen())
      if (windows.size === 0) host.lastClosed()
      return traffic
    },
  }
}

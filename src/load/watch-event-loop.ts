import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { EventLoopFigures } from './load-report.js'

const RESOLUTION_MS = 10
const NS = 1e6

/** Watches the event loop of this thread. */
export interface EventLoopWatch {
  readonly restart: () => void
  readonly stop: () => EventLoopFigures
}

export function watchEventLoop(): EventLoopWatch {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  let start = performance.eventLoopUtilization()
  // The histogram has the whole time between two timers; late is what is beyond the time asked for.
  const late = (ns: number): number => Math.max(0, ns / NS - RESOLUTION_MS)
  return {
    restart: () => {
      delay.reset()
      start = performance.eventLoopUtilization()
    },
    stop: () => {
      delay.disable()
      const { utilization } = performance.eventLoopUtilization(start)
      // A loop that was blocked all the time has not come to look at itself.
      const isKnown = delay.count > 0
      return {
        utilization,
        delay: isKnown ? { p50Ms: late(delay.percentile(50)), p95Ms: late(delay.percentile(95)), maxMs: late(delay.max) } : undefined,
      }
    },
  }
}

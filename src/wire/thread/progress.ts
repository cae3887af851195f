import type { LiveEvent } from '../conversation.js'

/** Tells whether the applications of a suite get on: whoever only asks again what it has asked before does not. */
export interface Progress {
  /** Forgets what was asked so far. */
  readonly begin: () => void
  readonly note: (event: LiveEvent) => void
  /** A connection is opened. */
  readonly noteConnection: () => void
  /** How many requests there were that were new, connections among them. */
  readonly count: () => number
  /** Milliseconds since the last of them. */
  readonly quietMs: () => number
}

export function createProgress(): Progress {
  let asked: Set<string> | undefined
  let count = 0
  let lastMs = performance.now()
  const step = (): void => {
    count += 1
    lastMs = performance.now()
  }
  return {
    begin: () => {
      asked = new Set()
      step()
    },
    note: (event) => {
      if (asked === undefined) return
      const key = `${event.connection} ${textOf(event)}`
      if (asked.has(key)) return
      asked.add(key)
      step()
    },
    noteConnection: step,
    count: () => count,
    quietMs: () => performance.now() - lastMs,
  }
}

function textOf(event: LiveEvent): string {
  if (event.store === 'postgres') return event.sql
  return event.store === 'redis' ? event.args.slice(0, 2).join(' ') : `${event.method} ${event.path} ${event.requestBody}`
}

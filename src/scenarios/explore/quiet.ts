import { AsyncLocalStorage, createHook } from 'node:async_hooks'

/** Knows when the code of the participants has nothing more to do before it is told something. */
export interface QuietWatch {
  /** Runs the beginning of a participant. */
  readonly run: <Result>(participant: number, act: () => Result) => Result
  /** Settles when nothing has run for a few turns of the event loop, and no timer, file or computation of the participants is under way. */
  readonly settle: (isThorough: boolean) => Promise<void>
  /** Whose code has run since the last call, in the order in which it did. */
  readonly takeRan: () => readonly number[]
  readonly end: () => void
}

interface Pending {
  readonly type: string
  readonly resource: object
  /** When it began. */
  readonly ms: number
}

const TURNS = 3
/** When somebody is missing: a request over HTTP to this very process takes some turns for each of its parts. */
const THOROUGH_TURNS = 40
/** A shorter timer is a pause, such as before a new attempt, and waited for. A longer one guards something, or is left behind by a pool. */
const PAUSE_MS = 50
/** The event loop may be quiet for something that has no end. */
const DEADLINE_MS = 1_000
/** Files, names, computations in other threads, connections that are being made: they end by themselves, and soon. */
const UNDER_WAY = /(?:REQUEST|REQWRAP|REQCALLBACK|REQPROMISE|CONNECTWRAP)$/
/** The one waits for an answer, which may well be held; the other is over at once. */
const NOT_WAITED_FOR: ReadonlySet<string> = new Set(['HTTPCLIENTREQUEST', 'RANDOMBYTESREQUEST'])

/** Watches this process until it is ended. Asynchronous resources are the one thing that tells a pause from a wait for somebody else. */
export function watchQuiet(): QuietWatch {
  const whose = new AsyncLocalStorage<number>()
  const pending = new Map<number, Pending>()
  const ran = new Set<number>()
  let activity = 0
  /** Of this watch itself. */
  const own = new Set<number>()
  let isOwn = false
  const forget = (id: number): void => void pending.delete(id)
  const hook = createHook({
    init: (id, type, _trigger, resource) => {
      if (isOwn) {
        own.add(id)
        return
      }
      activity += 1
      if (type === 'Timeout' ? whose.getStore() !== undefined : UNDER_WAY.test(type) && !NOT_WAITED_FOR.has(type))
        pending.set(id, { type, resource, ms: performance.now() })
    },
    before: (id) => {
      if (own.delete(id)) return
      const participant = whose.getStore()
      if (participant !== undefined) ran.add(participant)
      activity += 1
    },
    after: forget,
    destroy: forget,
  }).enable()

  const isPausing = (): boolean => {
    const now = performance.now()
    for (const { type, resource, ms } of pending.values()) {
      // Of a computation that was synchronous nothing tells the end.
      const lastsMs = type === 'Timeout' ? Reflect.get(resource, '_idleTimeout') : type.endsWith('REQUEST') ? 0 : DEADLINE_MS
      const isShort = typeof lastsMs === 'number' && lastsMs >= 0 && (type !== 'Timeout' || lastsMs <= PAUSE_MS)
      if (isShort && now - ms < lastsMs + PAUSE_MS) return true
    }
    return false
  }

  return {
    run: (participant, act) => whose.run(participant, act),
    settle: (isThorough) =>
      new Promise((resolve) => {
        const end = performance.now() + DEADLINE_MS
        let last = activity
        let silent = 0
        const turn = (): void => {
          silent = last === activity ? silent + 1 : 0
          last = activity
          const isQuiet = silent >= (isThorough ? THOROUGH_TURNS : TURNS) && !isPausing()
          if (isQuiet || performance.now() > end) resolve()
          else next()
        }
        const next = (): void => {
          isOwn = true
          // A pause is not waited for by turning as fast as possible: the servers share these cores.
          if (silent > THOROUGH_TURNS) setTimeout(turn, 1)
          else setImmediate(turn)
          isOwn = false
        }
        next()
      }),
    takeRan: () => {
      const list = [...ran]
      ran.clear()
      return list
    },
    end: () => void hook.disable(),
  }
}

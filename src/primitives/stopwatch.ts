import { monotonicMs } from './real-time.js'

/** One thing that took time. */
export interface Step {
  readonly name: string
  /** Since the stopwatch was started. */
  readonly startedAtMs: number
  readonly durationMs: number
}

/** Notes how long things take, so that a run can say where its time went. */
export interface Stopwatch {
  /** @param name of the step; as a function, it is made of what the work gave */
  readonly measure: <T>(name: string | ((result: T) => string), work: () => Promise<T>) => Promise<T>
  readonly steps: () => readonly Step[]
}

export function startStopwatch(): Stopwatch {
  const start = monotonicMs()
  const steps: Step[] = []
  return {
    measure: async (name, work) => {
      const from = monotonicMs()
      const result = await work()
      steps.push({ name: typeof name === 'string' ? name : name(result), startedAtMs: from - start, durationMs: monotonicMs() - from })
      return result
    },
    steps: () => steps.toSorted((a, b) => a.startedAtMs - b.startedAtMs),
  }
}

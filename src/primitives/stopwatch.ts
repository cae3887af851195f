/** One thing that took time. */
export interface Step {
  readonly name: string
  /** Since the stopwatch was started. */
  readonly startedAtMs: number
  readonly durationMs: number
}

/** Notes how long things take, so that a run can say where its time went. */
export interface Stopwatch {
  readonly measure: <T>(name: string, work: () => Promise<T>) => Promise<T>
  readonly steps: () => readonly Step[]
}

export function startStopwatch(): Stopwatch {
  const start = performance.now()
  const steps: Step[] = []
  return {
    measure: async (name, work) => {
      const from = performance.now()
      try {
        return await work()
      } finally {
        steps.push({ name, startedAtMs: from - start, durationMs: performance.now() - from })
      }
    },
    steps: () => steps.toSorted((a, b) => a.startedAtMs - b.startedAtMs),
  }
}

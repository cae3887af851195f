import type { Changes } from './changes.js'

export interface QuietHost extends Pick<Changes, 'until'> {
  /** A request is on its way, or somebody connects. */
  readonly isAsked: () => boolean
  /** For how long nothing new has been asked. */
  readonly quietMs: () => number
}

/** Settles when nothing has been on its way, and nothing new asked, for `ms`; or at the deadline. */
export async function untilQuiet({ until, isAsked, quietMs }: QuietHost, ms: number, deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs
  for (;;) {
    await until(() => !isAsked(), end - performance.now())
    const waitMs = Math.min(ms - quietMs(), end - performance.now())
    if (waitMs <= 0) {
      // What has come meanwhile lies with the system: timers go before sockets are read.
      await new Promise((resolve) => void setImmediate(resolve))
      if (!isAsked() && ms - quietMs() <= 0) return
      if (performance.now() >= end) return
      continue
    }
    await new Promise((resolve) => void setTimeout(resolve, Math.max(1, waitMs)))
  }
}

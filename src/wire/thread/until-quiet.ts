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
    if (waitMs <= 0) return
    await new Promise((resolve) => void setTimeout(resolve, Math.max(1, waitMs)))
  }
}

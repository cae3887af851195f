/** Lets those who wait for something look again whenever anything has changed. */
export interface Changes {
  readonly changed: () => void
  /** Waits until `holds`; gives up at the deadline. */
  readonly until: (holds: () => boolean, deadlineMs: number) => Promise<void>
}

export function createChanges(): Changes {
  let listeners: (() => void)[] = []
  return {
    changed: () => {
      for (const listener of listeners) listener()
    },
    until: (holds, deadlineMs) =>
      new Promise((resolve) => {
        const settle = (): void => {
          clearTimeout(timer)
          listeners = listeners.filter((listener) => listener !== look)
          resolve()
        }
        const look = (): void => {
          if (holds()) settle()
        }
        const timer = setTimeout(settle, deadlineMs)
        listeners.push(look)
        look()
      }),
  }
}

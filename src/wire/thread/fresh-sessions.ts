/** Sessions of Postgres that were opened while it was recorded and have asked nothing yet: a pool opens one because somebody waits for it. */
export interface FreshSessions {
  readonly opened: (id: number) => void
  /** It has asked, or gone. */
  readonly over: (id: number) => void
  readonly any: () => boolean
}

/** One that was opened ahead of any request is not waited for. */
const FRESH_MS = 200

export function createFreshSessions(changed: () => void): FreshSessions {
  const fresh = new Map<number, NodeJS.Timeout>()
  const over = (id: number): void => {
    clearTimeout(fresh.get(id))
    fresh.delete(id)
  }
  return {
    opened: (id) => {
      const expire = (): void => {
        over(id)
        changed()
      }
      fresh.set(id, setTimeout(expire, FRESH_MS).unref())
    },
    over,
    any: () => fresh.size > 0,
  }
}

import type { SuiteVerbs } from '../../databases/suite-parts.js'

/** Looks now and then at which of the application's statements wait for a lock, on the side connection. */
export interface LockWatch {
  /** The share of running statements that waited for one, over all looks. */
  readonly stop: () => Promise<number>
}

const LOOK_MS = 50
const QUESTION = `SELECT count(*)::int AS running, (count(*) FILTER (WHERE wait_event_type = 'Lock'))::int AS blocked
  FROM pg_stat_activity
  WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND backend_type = 'client backend'`

export function watchLocks(verbs: SuiteVerbs, isThere: boolean): LockWatch {
  let running = 0
  let blocked = 0
  let looking: Promise<void> | undefined
  const look = async (): Promise<void> => {
    const { rows } = await verbs.query(QUESTION, undefined)
    const [row] = rows as readonly { readonly running: number; readonly blocked: number }[]
    running += row?.running ?? 0
    blocked += row?.blocked ?? 0
  }
  const timer = isThere
    ? // A look that takes longer is not overtaken by the next.
      setInterval(
        () =>
          (looking ??= look()
            .catch(() => {})
            .finally(() => (looking = undefined))),
        LOOK_MS,
      )
    : undefined
  return {
    stop: async () => {
      clearInterval(timer)
      await looking
      return running === 0 ? 0 : blocked / running
    },
  }
}

import type pg from 'pg'
import { readView } from './read-view.js'
import { refreshView } from './refresh-view.js'
import type { Totals } from './totals.js'

/** No total is older than that. */
export const MOST_STALE_MS = 5 * 60_000

/** The refresh goes on beside readers; and who finds the view too old has it refreshed, and waits for that. */
export const totals: Totals = {
  read: async ({ primary }, customer) => {
    if (Date.now() - (await readAge(primary)) > MOST_STALE_MS) await refresh(primary)
    return readView(primary, customer)
  },
  refresh: ({ primary }) => refresh(primary),
}

const refresh = (pool: pg.Pool): Promise<void> => refreshView(pool, 'REFRESH MATERIALIZED VIEW CONCURRENTLY customer_totals')

async function readAge(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ at: string }>("SELECT refreshed_at_ms AS at FROM refreshes WHERE view = 'customer_totals'")
  return Number(rows[0]?.at ?? 0)
}

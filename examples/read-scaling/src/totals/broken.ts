import { readView } from './read-view.js'
import { refreshView } from './refresh-view.js'
import type { Totals } from './totals.js'

/** A refresh that locks every reader out for as long as it takes; and when the job does not run, nobody notices how old the totals are. */
export const totals: Totals = {
  read: ({ primary }, customer) => readView(primary, customer),
  refresh: ({ primary }) => refreshView(primary, 'REFRESH MATERIALIZED VIEW customer_totals'),
}

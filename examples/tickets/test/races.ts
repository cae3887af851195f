import type { Race } from 'hotbed'
import { openBoxOffice } from './box-office.js'
import type { Answer, Instances } from './instances.js'
import { STOCK_IS_NEVER_NEGATIVE } from './invariants.js'
import type { TicketSuite } from './stacks.js'

/** Two customers order the last one, each on an instance of their own. */
export async function raceForStock(suite: TicketSuite, instances: Instances, round: number): Promise<Race<Answer>> {
  await openBoxOffice(suite)
  return suite.overlap(2, (instance) => instances.order(instance, [1], `round ${round}, customer ${instance}`), {
    at: 'UPDATE products',
    invariant: STOCK_IS_NEVER_NEGATIVE,
  })
}

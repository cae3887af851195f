import { hold, type Recording } from 'hotbed'
import type { TicketSuite } from './stacks.js'

/** Two at once, each of which has locked its first product before either asks for its second; unless a lock keeps one of them away. */
export async function lockInTurn<Result>(suite: TicketSuite, both: () => Promise<Result>): Promise<Recording<Result>> {
  const first = await suite.intercept('UPDATE products', hold({ parties: 2 }), { times: 2 })
  const second = await suite.intercept('UPDATE products', hold({ parties: 2 }))
  const run = await suite.record(both)
  await first.remove()
  await second.remove()
  return run
}

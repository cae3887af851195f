import type { SuiteVerbs } from '../databases/suite-parts.js'
import { debug } from '../primitives/debug.js'
import { explain } from '../plan/explain.js'
import type { Plan } from '../plan/plan.js'
import type { StatementExchange, Traffic } from '../wire/exchange.js'
import { readParameter } from '../wire/postgres/parameters.js'
import { commandWord } from '../wire/sql-shape.js'
import { withSession } from './with-session.js'

const PLANNED: ReadonlySet<string> = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'VALUES', 'TABLE'])
/** More failures of a recording than these say the same. */
const MOST = 20

/**
 * What the planner would do with statements that failed, were cancelled or timed out: they have no executed plan. On a session of hotbed's own,
 * so without the settings, temporary tables and uncommitted rows of theirs.
 */
export async function estimatePlans(verbs: SuiteVerbs, { exchanges }: Traffic): Promise<ReadonlyMap<StatementExchange, Plan>> {
  const failed = exchanges.filter((exchange) => exchange.store === 'postgres').filter(isPlanned)
  const plans = new Map<StatementExchange, Plan>()
  if (failed.length === 0) return plans
  await withSession(verbs, async (session) => {
    for (const exchange of failed.slice(0, MOST)) {
      const plan = await explain(session, exchange.sql, exchange.parameters.map(readParameter), { analyze: false }).catch(
        (error: unknown) => debug('no estimated plan: %o', error),
      )
      if (plan !== undefined) plans.set(exchange, plan)
    }
  })
  return plans
}

function isPlanned({ error, sql, protocol }: StatementExchange): boolean {
  return error !== undefined && protocol !== 'prepare' && PLANNED.has(commandWord(sql) ?? '')
}

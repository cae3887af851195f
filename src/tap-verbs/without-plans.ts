import type { Traffic } from '../wire/exchange.js'

/**
 * The traffic as if no plan had come, and why: what is judged by plans then says so.
 *
 * @param of which statements that is said: of those that had one, or of all, where none could be had
 */
export function withoutPlans(traffic: Traffic, why: string, of: 'planned' | 'all' = 'planned'): Traffic {
  const exchanges = traffic.exchanges.map((exchange) => {
    if (exchange.store !== 'postgres') return exchange
    const isPlanned = of === 'all' || exchange.results.some(({ plans }) => plans.length > 0)
    const results = exchange.results.map((result) => ({ ...result, plans: [] }))
    return { ...exchange, results, planUnavailable: isPlanned ? why : exchange.planUnavailable }
  })
  return { ...traffic, exchanges, planShapes: [] }
}

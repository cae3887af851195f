import type { Traffic } from '../wire/exchange.js'

/** The traffic as if no plan had come, and why: what is judged by plans then says so. */
export function withoutPlans(traffic: Traffic, why: string): Traffic {
  const exchanges = traffic.exchanges.map((exchange) => {
    if (exchange.store !== 'postgres') return exchange
    const isPlanned = exchange.results.some(({ plans }) => plans.length > 0)
    const results = exchange.results.map((result) => ({ ...result, plans: [] }))
    return { ...exchange, results, planUnavailable: isPlanned ? why : exchange.planUnavailable }
  })
  return { ...traffic, exchanges, planShapes: [] }
}

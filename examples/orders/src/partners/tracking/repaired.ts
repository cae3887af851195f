import CircuitBreaker from 'opossum'
import { request } from 'undici'
import type { Feature } from '../app.js'
import { showOrders } from './route.js'

const TIMEOUT_MS = 200

/** An order is shown without its parcel when logistics cannot be asked, and soon logistics is not asked any more. */
export const tracking: Feature = (app, { pool, logisticsUrl }) => {
  const locate = async (order: string): Promise<string> => {
    const { statusCode, body } = await request(`${logisticsUrl}/shipments/${order}`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    const answer = await body.text()
    if (statusCode !== 200) throw new Error(`logistics answered ${statusCode}`)
    return (JSON.parse(answer) as { readonly state: string }).state
  }
  const breaker = new CircuitBreaker(locate, { timeout: false, errorThresholdPercentage: 50, volumeThreshold: 3, resetTimeout: 30_000 })
  breaker.fallback(() => 'unknown')
  app.addHook('onClose', () => breaker.shutdown())
  showOrders(app, pool, (order) => breaker.fire(order))
}

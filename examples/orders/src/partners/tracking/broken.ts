import type { Feature } from '../app.js'
import { showOrders } from './route.js'

/** Whoever looks at an order waits for logistics, for ever, and sees nothing of it when logistics is in trouble. */
export const tracking: Feature = (app, { pool, logisticsUrl }) => {
  showOrders(app, pool, async (order) => {
    const response = await fetch(`${logisticsUrl}/shipments/${order}`)
    if (!response.ok) throw new Error(`logistics answered ${response.status}`)
    const { state } = (await response.json()) as { readonly state: string }
    return state
  })
}

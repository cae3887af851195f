import type { Feature } from '../app.js'
import { takeOrders, type Charge } from './route.js'

const ATTEMPTS = 4

/** Tries again at once, whatever happened, for as long as somebody orders; a lost answer is a second charge. There is no time-out. */
export const payments: Feature = (app, { pool, paymentsUrl }) => {
  const charge: Charge = async ({ amountCents }) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(`${paymentsUrl}/charges`, { method: 'POST', body: JSON.stringify({ amountCents }) })
        if (!response.ok) throw new Error(`payments answered ${response.status}`)
        const { id } = (await response.json()) as { readonly id: string }
        return id
      } catch (error) {
        if (attempt === ATTEMPTS) throw error
      }
    }
  }
  takeOrders(app, pool, charge)
}

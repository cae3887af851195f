import { ExponentialBackoff, handleWhen, retry } from 'cockatiel'
import CircuitBreaker from 'opossum'
import { request } from 'undici'
import type { Feature } from '../app.js'
import { takeOrders, type Charge } from './route.js'

/** Payments said no, and would say so again. */
class Refusal extends Error {}

const TIMEOUT_MS = 500

/**
 * The order's own number is the Idempotency-Key, so a charge whose answer was lost is asked for again. One breaker for all orders counts attempts, and the
 * retry stands around it: an open circuit is not tried again. Who is told to come later says so.
 */
export const payments: Feature = (app, { pool, paymentsUrl }) => {
  const send: Charge = async ({ id, amountCents }) => {
    const { statusCode, body } = await request(`${paymentsUrl}/charges`, {
      method: 'POST',
      headers: { 'idempotency-key': id, 'content-type': 'application/json' },
      body: JSON.stringify({ amountCents }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    const answer = await body.text()
    if (statusCode >= 500) throw new Error(`payments answered ${statusCode}`)
    if (statusCode >= 400) throw new Refusal(`payments answered ${statusCode}`)
    return (JSON.parse(answer) as { readonly id: string }).id
  }
  const breaker = new CircuitBreaker(send, {
    timeout: false,
    errorThresholdPercentage: 50,
    volumeThreshold: 3,
    resetTimeout: 30_000,
    // Who is refused is no sign of trouble.
    errorFilter: (error) => error instanceof Refusal,
  })
  const again = retry(
    handleWhen((error) => !(error instanceof Refusal) && !CircuitBreaker.isOurError(error)),
    { maxAttempts: 2, backoff: new ExponentialBackoff({ initialDelay: 20, maxDelay: 200 }) },
  )
  app.addHook('onClose', () => breaker.shutdown())
  takeOrders(app, pool, (order) => again.execute(() => breaker.fire(order)))
}

import { getThenSet } from '../src/admissions/get-then-set.js'
import { createApp, type AppOptions } from '../src/app.js'
import { asItComes } from '../src/orders/as-it-comes.js'
import { selectThenUpdate } from '../src/seats/select-then-update.js'
import type { TicketSuite } from './stacks.js'

type Ways = Pick<AppOptions, 'admit' | 'bookSeat' | 'placeOrder'>

/** As the application was deployed first. */
const BROKEN: Ways = { admit: getThenSet, bookSeat: selectThenUpdate, placeOrder: asItComes }

export interface Answer {
  readonly status: number
  readonly body: unknown
}

export interface Instances {
  readonly book: (instance: number, seat?: string) => Promise<Answer>
  readonly admit: (instance: number) => Promise<Answer>
  readonly order: (instance: number, products: readonly number[], requestKey: string) => Promise<Answer>
  readonly close: () => Promise<void>
}

/** Two instances of the application, as behind a load balancer: each with connections of its own. */
export async function startTwo(suite: TicketSuite, ways: Partial<Ways> = {}): Promise<Instances> {
  const options = { ...BROKEN, ...ways, databaseUrl: suite.postgres.url, redisUrl: suite.redis.url }
  const apps = [await createApp(options), await createApp(options)] as const
  const post = async (instance: number, url: string, payload: object, headers = {}): Promise<Answer> => {
    const { statusCode: status, body } = await apps[instance === 1 ? 0 : 1].inject({ method: 'POST', url, payload, headers })
    if (status >= 500) throw new Error(body)
    return { status, body: JSON.parse(body) as unknown }
  }
  return {
    book: (instance, seat = 'A1') => post(instance, `/events/1/seats/${seat}/bookings`, { customer: `customer ${instance}` }),
    admit: (instance) => post(instance, '/events/1/admissions', {}),
    order: (instance, products, requestKey) => {
      const lines = products.map((product) => ({ product, quantity: 1 }))
      return post(instance, '/orders', { customer: 'ann', lines }, { 'idempotency-key': requestKey })
    },
    close: async () => {
      await Promise.all(apps.map((app) => app.close()))
    },
  }
}

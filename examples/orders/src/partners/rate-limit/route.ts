import type { FastifyInstance } from 'fastify'

/** Counts a request of a customer. Undefined: it is accepted; else when to come back, in seconds. */
export type Consume = (customer: string) => Promise<number | undefined>

/** `GET /quotes?customer=`, ten a minute for each customer, however they are counted. */
export function serveQuotes(app: FastifyInstance, consume: Consume): void {
  app.get<{ Querystring: { customer: string } }>('/quotes', async ({ query }, answer) => {
    const comeBackSeconds = await consume(query.customer)
    if (comeBackSeconds === undefined) return { priceCents: 500 }
    return answer.code(429).header('retry-after', comeBackSeconds).send({ error: 'too many requests' })
  })
}

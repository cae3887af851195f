import Fastify, { type FastifyInstance } from 'fastify'
import { Redis } from 'ioredis'
import pg from 'pg'
import type { Admit } from './admissions/admit.js'
import type { PlaceOrder } from './orders/place-order.js'
import type { BookSeat } from './seats/book-seat.js'
import type { Stores } from './stores.js'

export interface AppOptions {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** How it does its work: each is there broken and repaired. */
  readonly bookSeat: BookSeat
  readonly admit: Admit
  readonly placeOrder: PlaceOrder
}

/** One instance of a small API that sells seats, places and merchandise. */
export async function createApp({ databaseUrl, redisUrl, bookSeat, admit, placeOrder }: AppOptions): Promise<FastifyInstance> {
  const stores: Stores = { pool: new pg.Pool({ connectionString: databaseUrl, max: 5 }), redis: new Redis(redisUrl) }
  const app = Fastify()

  app.post<{ Params: { event: string; seat: string }; Body: { customer: string } }>(
    '/events/:event/seats/:seat/bookings',
    async (request, answer) => {
      const { event, seat } = request.params
      const booked = await bookSeat(stores, { event: Number(event), seat, customer: request.body.customer })
      return answer.code(booked ? 201 : 409).send({ booked })
    },
  )

  app.post<{ Params: { event: string } }>('/events/:event/admissions', async (request, answer) => {
    const admitted = await admit(stores, Number(request.params.event))
    return answer.code(admitted ? 201 : 409).send({ admitted })
  })

  app.post<{ Body: { customer: string; lines: { product: number; quantity: number }[] }; Headers: { 'idempotency-key': string } }>(
    '/orders',
    async (request, answer) => {
      const order = await placeOrder(stores, { ...request.body, requestKey: request.headers['idempotency-key'] })
      return answer.code(order === undefined ? 409 : 201).send({ order })
    },
  )

  app.addHook('onClose', async () => {
    stores.redis.disconnect()
    await stores.pool.end()
  })
  return app
}

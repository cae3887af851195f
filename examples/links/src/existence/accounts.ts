import type { FastifyInstance } from 'fastify'
import type { Database } from '../app.js'

export async function findAccount(db: Database, email: string): Promise<boolean> {
  const row = await db.selectFrom('accounts').select('id').where('email', '=', email).executeTakeFirst()
  return row !== undefined
}

/** `GET /accounts/:email`, which a form asks at every key stroke: is the address taken? */
export function serveAvailability(app: FastifyInstance, isTaken: (email: string) => Promise<boolean>): void {
  app.get<{ Params: { readonly email: string } }>('/accounts/:email', async ({ params }) => ({ taken: await isTaken(params.email) }))
}

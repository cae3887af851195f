import type pg from 'pg'
import { HAS_ORDERED, type OrderRequest, type PlacedOrder, type PlaceOrder } from './order.js'

/** Takes the number first: every other order waits for its row until this one has looked its customer up, and has been written. */
export const inOneTransaction: PlaceOrder = async ({ pool }, order) => {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const placed = await place(client, order)
    await client.query('COMMIT')
    return placed
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

async function place(client: pg.PoolClient, { customer, product }: OrderRequest): Promise<PlacedOrder> {
  const next = await client.query<{ value: string }>("UPDATE counters SET value = value + 1 WHERE name = 'orders' RETURNING value")
  const number = Number(next.rows[0]?.value)
  const found = await client.query<{ known: boolean }>(HAS_ORDERED, [customer])
  const isFirst = found.rows[0]?.known !== true
  await client.query('INSERT INTO orders VALUES ($1, $2, $3, $4)', [number, customer, product, isFirst])
  return { number, isFirst }
}

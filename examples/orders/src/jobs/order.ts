import type { Queue } from 'bullmq'
import type pg from 'pg'

/** What a customer sends. */
export interface OrderRequest {
  /** Of the client: the same when it sends the same request again. */
  readonly requestKey: string
  readonly customer: string
  readonly product: number
  readonly quantity: number
}

/** What a request may use. */
export interface OrderStores {
  readonly pool: pg.Pool
  readonly queue: Queue<AfterOrder>
}

/** The work that follows an order. */
export interface AfterOrder {
  readonly order: number
  readonly customer: string
}

export interface OrderAnswer {
  /** 201: all is done. 202: it is accepted, and the rest follows. */
  readonly status: 201 | 202
  readonly order: number
}

export type PlaceOrder = (stores: OrderStores, request: OrderRequest) => Promise<OrderAnswer>

/** One step of what follows an order. It runs once for each delivery of its job. */
export type AfterOrderStep = (database: pg.Pool | pg.PoolClient, work: AfterOrder) => Promise<void>

/** The order and the stock, which belong together. An order that came before, by the key of its request, is found and changes nothing. */
export async function writeOrder(client: pg.PoolClient, { requestKey, customer, product, quantity }: OrderRequest): Promise<number> {
  const known = await client.query<{ id: number }>('SELECT id FROM orders WHERE request_key = $1', [requestKey])
  if (known.rows[0] !== undefined) return known.rows[0].id
  const { rows } = await client.query<{ id: number }>(
    'INSERT INTO orders (request_key, customer, product_id, quantity) VALUES ($1, $2, $3, $4) RETURNING id',
    [requestKey, customer, product, quantity],
  )
  await client.query('UPDATE products SET stock = stock - $2 WHERE id = $1', [product, quantity])
  return rows[0]?.id ?? 0
}

/** Runs `work` between BEGIN and COMMIT, or ROLLBACK where it throws. */
export async function inTransaction<Result>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect()
  let failure: Error | undefined
  const note = (error: Error): void => {
    failure = error
  }
  // A connection that ends while it is lent out is told to whoever has it.
  client.on('error', note)
  try {
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(note)
    throw error
  } finally {
    client.off('error', note)
    // One that broke must not go back into the pool.
    client.release(failure)
  }
}

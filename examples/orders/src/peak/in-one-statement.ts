import { HAS_ORDERED, type PlaceOrder, type Stores } from './order.js'

const DAY_SECONDS = 86_400

const NUMBER_AND_INSERT = `
  WITH next AS (UPDATE counters SET value = value + 1 WHERE name = 'orders' RETURNING value)
  INSERT INTO orders SELECT value, $1, $2, $3 FROM next RETURNING number`

/** The number is taken in the statement that writes the order: no round trip lies between lock and commit. */
export const inOneStatement: PlaceOrder = async (stores, { customer, product }) => {
  const isFirst = !(await hasOrdered(stores, customer))
  const { rows } = await stores.pool.query<{ number: string }>(NUMBER_AND_INSERT, [customer, product, isFirst])
  return { number: Number(rows[0]?.number), isFirst }
}

/** Who has ordered once has done so for ever: the one answer that cannot become stale is kept. */
async function hasOrdered({ pool, redis }: Stores, customer: number): Promise<boolean> {
  const key = `ordered:${customer}`
  if ((await redis.get(key)) !== null) return true
  const { rows } = await pool.query<{ known: boolean }>(HAS_ORDERED, [customer])
  const isKnown = rows[0]?.known === true
  if (isKnown) await redis.set(key, '1', 'EX', DAY_SECONDS)
  return isKnown
}

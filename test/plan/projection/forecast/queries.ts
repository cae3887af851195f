/** A statement of an application, with what it is there for. `heavy` and `light` stand for users with most and few orders. */
export interface ForecastQuery {
  readonly title: string
  readonly sql: string
  readonly params?: readonly (string | number)[]
}

/** The end of the orders at 1,000,000 rows, at the rate of the seeded ones: 5,000 in the last quarter of 2024. */
const ROW_MS = (Date.parse('2025-01-01') - Date.parse('2024-10-01')) / 5000
const orderTime = (row: number): string => new Date(Date.parse('2024-10-01') + row * ROW_MS).toISOString()

export function forecastQueries(heavy: number, light: number): readonly ForecastQuery[] {
  return [
    { title: 'an order by its key', sql: 'SELECT * FROM orders WHERE id = $1', params: [777_777] },
    { title: 'a page of keys', sql: 'SELECT * FROM orders WHERE id > $1 ORDER BY id LIMIT 50', params: [900_000] },
    {
      title: 'orders of the heaviest user, newest first',
      sql: 'SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20',
      params: [heavy],
    },
    {
      title: 'orders of a light user, newest first',
      sql: 'SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20',
      params: [light],
    },
    { title: 'all orders of the heaviest user', sql: 'SELECT sum(total_cents) FROM orders WHERE user_id = $1', params: [heavy] },
    { title: 'all orders of a light user', sql: 'SELECT sum(total_cents) FROM orders WHERE user_id = $1', params: [light] },
    { title: 'newest orders', sql: 'SELECT * FROM orders ORDER BY created_at DESC LIMIT 20' },
    {
      title: 'orders since shortly before the end',
      sql: 'SELECT count(*) FROM orders WHERE created_at > $1',
      params: [orderTime(999_000)],
    },
    { title: 'orders of the last half', sql: 'SELECT count(*) FROM orders WHERE created_at > $1', params: [orderTime(500_000)] },
    { title: 'orders after the end', sql: 'SELECT * FROM orders WHERE created_at > $1', params: [orderTime(2_000_000)] },
    {
      title: 'orders of a day',
      sql: 'SELECT user_id, total_cents FROM orders WHERE created_at >= $1 AND created_at < $2 ORDER BY total_cents DESC',
      params: [orderTime(600_000), orderTime(600_100)],
    },
    { title: 'rare state, newest first', sql: "SELECT * FROM orders WHERE status = 'disputed' ORDER BY created_at DESC LIMIT 20" },
    { title: 'rare state, all', sql: "SELECT count(*) FROM orders WHERE status = 'disputed'" },
    { title: 'frequent state, newest first', sql: "SELECT * FROM orders WHERE status = 'paid' ORDER BY created_at DESC LIMIT 20" },
    {
      title: 'frequent state of a light user',
      sql: "SELECT * FROM orders WHERE user_id = $1 AND status = 'paid' ORDER BY created_at DESC LIMIT 20",
      params: [light],
    },
    {
      title: 'rare state of the heaviest user by total',
      sql: "SELECT * FROM orders WHERE user_id = $1 AND status = 'disputed' ORDER BY total_cents",
      params: [heavy],
    },
    { title: 'dearest orders', sql: 'SELECT * FROM orders WHERE total_cents > 500000' },
    { title: 'dear orders', sql: 'SELECT * FROM orders WHERE total_cents > 90000 ORDER BY created_at' },
    { title: 'orders with a coupon', sql: 'SELECT count(*) FROM orders WHERE coupon IS NOT NULL' },
    { title: 'orders by state', sql: 'SELECT status, count(*) FROM orders GROUP BY status' },
    { title: 'orders by user', sql: 'SELECT user_id, count(*) FROM orders GROUP BY user_id ORDER BY 2 DESC LIMIT 10' },
    { title: 'a user by e-mail', sql: 'SELECT * FROM users WHERE email = $1', params: ['nora.weber17@example.com'] },
    {
      title: 'orders of a user by e-mail',
      sql: 'SELECT o.* FROM users u JOIN orders o ON o.user_id = u.id WHERE u.email = $1 ORDER BY o.created_at DESC LIMIT 20',
      params: ['nora.weber17@example.com'],
    },
    { title: 'orders of a small country', sql: "SELECT count(*) FROM orders o JOIN users u ON u.id = o.user_id WHERE u.country = 'mt'" },
    { title: 'orders of a large country', sql: "SELECT count(*) FROM orders o JOIN users u ON u.id = o.user_id WHERE u.country = 'de'" },
    {
      title: 'newest orders with their users',
      sql: 'SELECT o.id, u.email FROM orders o JOIN users u ON u.id = o.user_id ORDER BY o.created_at DESC LIMIT 20',
    },
    {
      title: 'disputed orders with their users',
      sql: "SELECT o.id, u.email FROM orders o JOIN users u ON u.id = o.user_id WHERE o.status = 'disputed'",
    },
    {
      title: 'users without an order',
      sql: 'SELECT count(*) FROM users u WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id)',
    },
    {
      title: 'users who ordered recently',
      sql: 'SELECT * FROM users u WHERE id IN (SELECT user_id FROM orders WHERE created_at > $1)',
      params: [orderTime(999_000)],
    },
    { title: 'newest users', sql: 'SELECT * FROM users ORDER BY created_at DESC LIMIT 10' },
    { title: 'events of a user', sql: 'SELECT * FROM events WHERE user_id = $1', params: [light] },
    {
      title: 'events of a user in a quarter',
      sql: "SELECT * FROM events WHERE user_id = $1 AND at >= '2024-05-01' AND at < '2024-06-01' ORDER BY at",
      params: [heavy],
    },
    { title: 'events of an hour', sql: "SELECT * FROM events WHERE at >= '2024-08-01 10:00' AND at < '2024-08-01 11:00'" },
    { title: 'events by kind', sql: 'SELECT kind, count(*) FROM events GROUP BY kind' },
    { title: 'newest events', sql: 'SELECT * FROM events ORDER BY at DESC LIMIT 20' },
    {
      title: 'purchases of a month with their users',
      sql: "SELECT u.country, count(*) FROM events e JOIN users u ON u.id = e.user_id WHERE e.kind = 'purchase' AND e.at >= '2024-11-01' AND e.at < '2024-12-01' GROUP BY 1",
    },
    {
      title: 'events and orders of a user',
      sql: 'SELECT count(*) FROM orders o JOIN events e ON e.user_id = o.user_id WHERE o.user_id = $1 AND e.at > o.created_at',
      params: [light],
    },
  ]
}

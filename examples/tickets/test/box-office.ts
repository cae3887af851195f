import type { TicketSuite } from './stacks.js'

/** One event with one free seat and one place left, two products in stock; everything else is empty. Past the tap, on connections of hotbed's own. */
export async function openBoxOffice({ postgres, redis }: TicketSuite, { stock = 1 } = {}): Promise<void> {
  await postgres.query('TRUNCATE events, seats, bookings, products, orders, order_lines, reminders RESTART IDENTITY')
  await postgres.query("INSERT INTO events (name, starts_at, capacity) VALUES ('Nocturnes', '2026-12-31 20:00Z', 100)")
  await postgres.query("INSERT INTO seats (event_id, number) VALUES (1, 'A1'), (1, 'A2')")
  await postgres.query("INSERT INTO products (name, stock) VALUES ('programme', $1), ('poster', $1)", [stock])
  await redis.send('FLUSHALL')
  await redis.send('SET', 'event:1:left', 1)
}

/** What must be true after every commit, whatever the order of the requests. */
export const ONE_BOOKING_PER_SEAT = 'SELECT count(*) = count(DISTINCT (event_id, seat)), count(*) AS bookings FROM bookings'
export const STOCK_IS_LEFT = 'SELECT min(stock) >= 0, min(stock) AS stock FROM products'
export const ONE_ORDER = 'SELECT count(*) <= 1, count(*) AS orders FROM orders'

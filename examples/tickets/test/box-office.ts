import type { TicketSuite } from './stacks.js'

/** One event with two free seats and one place left, two products in stock; nothing else. On connections of hotbed's own, past the tap. */
export async function openBoxOffice({ postgres, redis }: TicketSuite, { stock = 1 } = {}): Promise<void> {
  await Promise.all([
    postgres.query(`
      DELETE FROM bookings; DELETE FROM seats; DELETE FROM events; DELETE FROM order_lines; DELETE FROM orders; DELETE FROM products;
      INSERT INTO events (id, name, starts_at, capacity) OVERRIDING SYSTEM VALUE VALUES (1, 'Nocturnes', '2026-12-31 20:00Z', 100);
      INSERT INTO seats (event_id, number) VALUES (1, 'A1'), (1, 'A2');
      INSERT INTO products (id, name, stock) OVERRIDING SYSTEM VALUE VALUES (1, 'programme', ${stock}), (2, 'poster', ${stock})`),
    redis.send('FLUSHALL').then(() => redis.send('SET', 'event:1:left', 1)),
  ])
}

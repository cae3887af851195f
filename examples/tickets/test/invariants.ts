/** What holds after every commit: the first column says whether, the others are shown where it does not. */
export const ONE_BOOKING_A_SEAT = 'SELECT count(*) = count(DISTINCT (event_id, seat)), count(*) AS bookings FROM bookings'
export const STOCK_IS_NEVER_NEGATIVE = 'SELECT min(stock) >= 0, min(stock) AS stock FROM products'
export const ONE_ORDER = 'SELECT count(*) <= 1, count(*) AS orders FROM orders'

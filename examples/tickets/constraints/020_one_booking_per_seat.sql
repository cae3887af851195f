CREATE UNIQUE INDEX bookings_one_per_seat_idx ON bookings (event_id, seat);
DROP INDEX bookings_seat_idx;

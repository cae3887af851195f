CREATE TABLE events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  starts_at timestamptz NOT NULL,
  capacity int NOT NULL CHECK (capacity > 0)
);

CREATE TABLE seats (
  event_id bigint NOT NULL REFERENCES events,
  number text NOT NULL,
  booked_by text,
  held_until timestamptz,
  PRIMARY KEY (event_id, number)
);
CREATE INDEX seats_held_until_idx ON seats (held_until) WHERE held_until IS NOT NULL;

CREATE TABLE bookings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id bigint NOT NULL,
  seat text NOT NULL,
  customer text NOT NULL,
  booked_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (event_id, seat) REFERENCES seats (event_id, number)
);
CREATE INDEX bookings_seat_idx ON bookings (event_id, seat);

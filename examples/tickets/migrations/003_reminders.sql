CREATE TABLE reminders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  booking_id bigint NOT NULL REFERENCES bookings,
  sent_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reminders_booking_id_idx ON reminders (booking_id);

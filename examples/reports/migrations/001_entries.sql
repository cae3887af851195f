CREATE TABLE clients (
  id int PRIMARY KEY,
  name text NOT NULL
);
INSERT INTO clients VALUES (7, 'Ann & Sons');

CREATE TABLE entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id int NOT NULL REFERENCES clients,
  -- Each client has 80 reports: cash, fees, dividends, …
  report int NOT NULL CHECK (report BETWEEN 1 AND 80),
  booked_at timestamptz NOT NULL,
  amount_cents int NOT NULL
);
CREATE INDEX entries_report_idx ON entries (client_id, report, booked_at);

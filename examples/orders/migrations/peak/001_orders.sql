CREATE TABLE counters (
  name text PRIMARY KEY,
  value bigint NOT NULL
);

CREATE TABLE orders (
  number bigint PRIMARY KEY,
  customer int NOT NULL,
  product text NOT NULL,
  is_first boolean NOT NULL
);

-- As after some years: ten orders of each of 5,000 customers.
INSERT INTO orders SELECT number, number % 5000, 'lamp', number <= 5000 FROM generate_series(1, 50000) AS number;
INSERT INTO counters VALUES ('orders', 50000);

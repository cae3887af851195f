CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY,
  customer int NOT NULL,
  total_cents int NOT NULL,
  placed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, placed_at)
) PARTITION BY RANGE (placed_at);

CREATE INDEX ON orders (customer, placed_at);

DO $$
BEGIN
  FOR month IN 0..11 LOOP
    EXECUTE format(
      'CREATE TABLE orders_2025_%s PARTITION OF orders FOR VALUES FROM (%L) TO (%L)',
      lpad((month + 1)::text, 2, '0'),
      '2025-01-01 00:00+00'::timestamptz + make_interval(months => month),
      '2025-01-01 00:00+00'::timestamptz + make_interval(months => month + 1)
    );
  END LOOP;
END
$$;

CREATE TABLE orders_later PARTITION OF orders DEFAULT;

INSERT INTO orders (customer, total_cents, placed_at)
SELECT n % 100, 100 + n % 900, '2025-01-01 00:00+00'::timestamptz + n * interval '70 minutes'
FROM generate_series(1, 7000) AS n;

-- 20,000 users and 1,000,000 orders in order of time; a few users have most of the orders, as in production.
INSERT INTO users (email, created_at)
SELECT 'user' || n || '@example.com', timestamptz '2024-01-01' + n * interval '20 minutes'
FROM generate_series(1, 20000) AS n;

INSERT INTO orders (user_id, status, total_cents, created_at)
SELECT
  1 + floor(20000 * power((n::bigint * 2654435761 % 1000003) / 1000003.0, 3))::bigint,
  (ARRAY['paid', 'shipped', 'shipped', 'shipped', 'pending', 'cancelled'])[1 + n % 6]::order_status,
  500 + (n::bigint * 40503 % 20000)::integer,
  timestamptz '2025-01-01' + n * interval '30 seconds'
FROM generate_series(1, 1000000) AS n;

-- 200,000 rows.
INSERT INTO users (email, name, created_at)
SELECT 'user' || n || '@example.com', 'User ' || n, timestamptz '2024-01-01' + n * interval '10 minutes' FROM generate_series(1, 15000) AS n;
INSERT INTO products (sku, name, price_cents, stock)
SELECT 'SKU-' || n, 'Product ' || n, 100 + n % 9900, 10 + n % 90 FROM generate_series(1, 5000) AS n;
INSERT INTO orders (user_id, status, total_cents, created_at)
SELECT 1 + (n::bigint * n) % 15000, (ARRAY['paid', 'paid', 'sent', 'sent', 'sent', 'pending'])[1 + n % 6], 500 + n % 20000,
  timestamptz '2024-01-01' + n * interval '5 minutes' FROM generate_series(1, 80000) AS n;
INSERT INTO order_items (order_id, line, product_id, quantity, price_cents)
SELECT 1 + n / 2, 1 + n % 2, 1 + (n::bigint * 7) % 5000, 1 + n % 3, 100 + n % 9900 FROM generate_series(0, 99999) AS n;
ANALYZE;

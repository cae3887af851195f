ALTER TABLE orders ADD COLUMN request_key text NOT NULL;
CREATE UNIQUE INDEX orders_request_key_idx ON orders (request_key);

-- The hot query: the newest orders of one user.
CREATE INDEX orders_user_id_created_at_idx ON orders (user_id, created_at DESC);

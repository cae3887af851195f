CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users,
  email text NOT NULL,
  created_at timestamptz NOT NULL,
  amount numeric(10,2) NOT NULL,
  status text NOT NULL
);
CREATE INDEX ON orders (user_id);
CREATE INDEX ON orders (created_at);
CREATE UNIQUE INDEX ON orders (email);

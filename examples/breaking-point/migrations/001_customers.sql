CREATE TABLE customers (
  id int PRIMARY KEY,
  name text NOT NULL
);

INSERT INTO customers SELECT g, 'customer ' || g FROM generate_series(1, 100) g;

-- Stands for a query that takes 25 ms, on this machine as on any other.
CREATE FUNCTION price_of(customer int) RETURNS numeric LANGUAGE sql VOLATILE AS $$
  SELECT 100 + customer FROM pg_sleep(0.025)
$$;

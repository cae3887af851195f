CREATE MATERIALIZED VIEW customer_totals AS
SELECT customer, count(*) AS orders, sum(total_cents) AS total_cents FROM orders GROUP BY customer;

-- REFRESH … CONCURRENTLY compares by it.
CREATE UNIQUE INDEX ON customer_totals (customer);

-- When the view was refreshed, by the application's clock: the view does not say.
CREATE TABLE refreshes (view text PRIMARY KEY, refreshed_at_ms bigint NOT NULL);
INSERT INTO refreshes VALUES ('customer_totals', 0);

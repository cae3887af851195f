CREATE TABLE price_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id bigint NOT NULL REFERENCES products (id),
  price_cents integer NOT NULL CHECK (price_cents > 0),
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX price_changes_product_id_idx ON price_changes (product_id, changed_at DESC);

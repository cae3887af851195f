CREATE TABLE orders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  product text NOT NULL,
  amount_cents int NOT NULL CHECK (amount_cents > 0),
  status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'paid', 'unpaid')),
  charge_id text UNIQUE
);

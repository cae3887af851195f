import { defineDataset, type Dataset } from '../../../src/seed/define-dataset.js'
import { derived } from '../../../src/seed/generators/derived.js'
import { foreignKey } from '../../../src/seed/generators/foreign-key.js'
import { growth } from '../../../src/seed/generators/growth.js'
import { nullable } from '../../../src/seed/generators/nullable.js'
import { oneOf, weighted } from '../../../src/seed/generators/one-of.js'
import { sql } from '../../../src/seed/generators/sql.js'

/** With foreign keys between tables and into the table itself, a trigger, a CHECK and a generated column. */
export const SHOP = `
  CREATE TABLE countries (code text PRIMARY KEY);
  INSERT INTO countries VALUES ('de'), ('fr'), ('it');
  CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL UNIQUE, country text NOT NULL REFERENCES countries,
    invited_by bigint REFERENCES users, created_at timestamptz NOT NULL);
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL CONSTRAINT orders_user REFERENCES users,
    total_cents int NOT NULL CHECK (total_cents > 0), status text NOT NULL, coupon text, gross numeric, created_at timestamptz NOT NULL,
    month int GENERATED ALWAYS AS (extract(month FROM created_at AT TIME ZONE 'UTC')) STORED);
  CREATE INDEX ON orders (user_id, created_at);
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.coupon := 'touched'; RETURN NEW; END $$;
  CREATE TRIGGER touch BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();
`

/** @param rows of orders; a fifth of it are users */
export function shopDataset(rows: number, seed = 1): Dataset {
  return defineDataset({
    seed,
    tables: {
      // Children first: the load finds the order.
      orders: {
        rows,
        columns: {
          user_id: foreignKey('users', { distribution: { zipf: 1 } }),
          created_at: growth({ from: '2024-01-01' }),
          status: weighted({ paid: 90, pending: 9.9, disputed: 0.1 }),
          coupon: nullable(0.9, oneOf(['SPRING', 'WELCOME'])),
          total_cents: derived(({ row }) => row + 1),
          gross: sql('total_cents * 1.19'),
        },
      },
      users: { rows: Math.ceil(rows / 5), columns: { invited_by: nullable(0.5, foreignKey('users')) } },
    },
  })
}

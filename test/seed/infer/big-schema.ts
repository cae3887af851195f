/** Everything that inference must get by with. */
export const BIG_SCHEMA = `
  CREATE TYPE order_status AS ENUM ('open', 'paid', 'shipped', 'lost');
  CREATE DOMAIN positive_amount AS numeric(10,2) CHECK (VALUE > 0 AND VALUE < 5000);
  CREATE DOMAIN order_state AS order_status NOT NULL;
  CREATE DOMAIN short_code AS varchar(6);
  CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);
  INSERT INTO countries VALUES ('de', 'Germany'), ('fr', 'France'), ('it', 'Italy');
  CREATE TABLE tenants (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), slug varchar(24) NOT NULL UNIQUE, plan text NOT NULL DEFAULT 'free' CHECK (plan IN ('free', 'pro', 'team')));
  CREATE TABLE users (
    tenant_id uuid NOT NULL REFERENCES tenants, id bigint GENERATED ALWAYS AS IDENTITY, email text NOT NULL, first_name varchar(10), last_name text NOT NULL,
    age smallint CHECK (age BETWEEN 18 AND 99), country char(2) REFERENCES countries, phone text, score real CHECK (score >= 0::double precision),
    referrer_id bigint, is_admin boolean NOT NULL DEFAULT false, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz(0) NOT NULL,
    deleted_at timestamp, password_hash text NOT NULL CHECK (length(password_hash) >= 40), initials text CHECK (char_length(initials) = 2),
    full_name text GENERATED ALWAYS AS (first_name || ' ' || last_name) STORED,
    PRIMARY KEY (tenant_id, id), UNIQUE (id), UNIQUE (tenant_id, email), FOREIGN KEY (referrer_id) REFERENCES users (id),
    CHECK (updated_at >= created_at), CHECK (email ~ '^[^@]+@[^@]+$' AND email = lower(email))
  );
  CREATE UNIQUE INDEX users_email_lower ON users (lower(email));
  CREATE INDEX users_created ON users (created_at DESC) WHERE deleted_at IS NULL;
  CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users (id), bio text, avatar bytea, birthday date CHECK (birthday >= '1990-01-01' AND birthday < '2005-01-01'), ip inet, net cidr, mac macaddr);
  CREATE TABLE products (id serial PRIMARY KEY, sku short_code NOT NULL UNIQUE, title text NOT NULL, price positive_amount NOT NULL, list_price numeric(8,2) NOT NULL,
    stock int NOT NULL DEFAULT 0 CHECK (stock >= 0), tags text[] NOT NULL, sizes int[], meta jsonb NOT NULL DEFAULT '{}', weight double precision, rank int UNIQUE CHECK (rank > 0 AND rank <= 5000),
    colour text NOT NULL CHECK (colour = ANY (ARRAY['red', 'green', 'blue'])), rating int CHECK (rating IS NULL OR rating >= 1 AND rating <= 5), CHECK (list_price >= price));
  CREATE TABLE orders (id bigserial PRIMARY KEY, tenant_id uuid NOT NULL, user_id bigint NOT NULL, status order_state, total_cents int NOT NULL CHECK (total_cents > 0),
    placed_at timestamptz NOT NULL, shipped_at timestamptz, valid tstzrange NOT NULL, slots int4multirange, eta interval, at_time time NOT NULL,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id), CHECK (shipped_at > placed_at));
  CREATE INDEX orders_user ON orders (user_id, placed_at DESC);
  CREATE TABLE order_items (order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE, line_no int NOT NULL, product_id int NOT NULL REFERENCES products, quantity int NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, line_no));
  CREATE TABLE favourites (user_id bigint NOT NULL REFERENCES users (id), product_id int NOT NULL REFERENCES products, UNIQUE (user_id, product_id));
  CREATE TABLE rooms (id int PRIMARY KEY, during int4range NOT NULL, EXCLUDE USING gist (during WITH &&));
  CREATE TABLE categories (id int PRIMARY KEY, parent_id int REFERENCES categories, name text NOT NULL);
  CREATE TABLE employees (id int PRIMARY KEY, manager_id int NOT NULL REFERENCES employees);
  CREATE TABLE teams (id int PRIMARY KEY, lead_id int NOT NULL);
  CREATE TABLE members (id int PRIMARY KEY, team_id int NOT NULL REFERENCES teams);
  ALTER TABLE teams ADD FOREIGN KEY (lead_id) REFERENCES members;
  CREATE TABLE events (id bigint NOT NULL, happened_at timestamptz NOT NULL, kind text NOT NULL, payload json, search tsvector NOT NULL, PRIMARY KEY (id, happened_at)) PARTITION BY RANGE (happened_at);
  CREATE TABLE events_23 PARTITION OF events FOR VALUES FROM ('2023-06-01') TO ('2024-01-01');
  CREATE TABLE events_24 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE INDEX events_kind ON events (kind);
  CREATE TABLE everything (id int PRIMARY KEY, b bit(5) NOT NULL, vb varbit(9) NOT NULL, m money NOT NULL, x xml NOT NULL, p point NOT NULL, dr daterange NOT NULL, nr numrange NOT NULL, u uuid NOT NULL UNIQUE,
    es order_status[] NOT NULL, n numeric NOT NULL, o oid NOT NULL, ttz timetz NOT NULL, tsp tsrange NOT NULL, c "char", nm name NOT NULL, lower_id text NOT NULL UNIQUE, d date NOT NULL UNIQUE);
`

/** Rows by table: enough that a value that can go wrong does. */
export const BIG_ROWS = {
  tenants: 50,
  users: 3000,
  profiles: 2000,
  products: 500,
  orders: 20_000,
  order_items: 30_000,
  favourites: 4000,
  rooms: 1000,
  categories: 300,
  employees: 300,
  teams: 20,
  members: 200,
  events: 12_000,
  everything: 1000,
}

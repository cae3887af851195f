CREATE TABLE links (
  code text PRIMARY KEY,
  url text NOT NULL,
  expires_at timestamptz,
  clicks bigint NOT NULL DEFAULT 0
);
CREATE INDEX links_expires_at_idx ON links (expires_at);

CREATE TABLE accounts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL UNIQUE
);

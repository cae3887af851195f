/**
 * 20,000 visits in the order of their time: user 0 has half of them, users 1 to 28 share the rest, and user 29 has the 15 oldest. A page of
 * the newest is found for most by walking the index on the time, and not for user 29, for whom all of it is walked in vain.
 */
export const SKEWED_VISITS = `
  CREATE TABLE visits (id int PRIMARY KEY, user_id int NOT NULL, visited_at timestamptz NOT NULL, page text NOT NULL);
  INSERT INTO visits
    SELECT i, CASE WHEN i <= 15 THEN 29 WHEN i % 2 = 0 THEN 0 ELSE 1 + i / 2 % 28 END, '2024-01-01'::timestamptz + i * interval '1 minute', repeat('x', 100)
    FROM generate_series(1, 20000) i;
  CREATE INDEX visits_user_id_idx ON visits (user_id);
  CREATE INDEX visits_visited_at_idx ON visits (visited_at);
`

/** The ten newest of a user. */
export const NEWEST_VISITS = 'SELECT page FROM visits WHERE user_id = $1 ORDER BY visited_at DESC LIMIT 10'

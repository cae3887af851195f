import type { SqlClient } from '../../src/databases/sql-client.js'

/** Notes of users, each of whom has ten, strewn over the table. */
export const NOTES = `
  CREATE TABLE notes (id int PRIMARY KEY, user_id int NOT NULL, score int NOT NULL, text text NOT NULL);
  CREATE INDEX notes_user_id_idx ON notes (user_id);
`

/** Sizes at which plans do not change and that are made in no time. */
export const NOTE_SIZES: readonly number[] = [500, 4_000, 32_000]

/** Makes them as many as `size`. */
export async function seedNotes(sql: Pick<SqlClient, 'query'>, size: number): Promise<void> {
  await sql.query('TRUNCATE notes')
  await sql.query(`INSERT INTO notes SELECT i, i * 7 % (${size} / 10), i * 31 % 1000, repeat('x', 60) FROM generate_series(1, ${size}) i`)
  await sql.query('VACUUM (ANALYZE) notes')
}

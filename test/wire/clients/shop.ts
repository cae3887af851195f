import type { TappedDatabase } from './tapped.js'

/** Tables with a foreign key and a function, filled alike in every database. */
export async function createShop(database: TappedDatabase): Promise<void> {
  for (const statement of [
    'CREATE TABLE author (id int PRIMARY KEY, name text)',
    'CREATE TABLE book (id int PRIMARY KEY, author_id int REFERENCES author, title text)',
    "INSERT INTO author SELECT g, 'author ' || g FROM generate_series(1, 20) g",
    "INSERT INTO book SELECT g, 1 + g % 20, 'book ' || g FROM generate_series(1, 200) g",
    `CREATE FUNCTION count_books(up_to int) RETURNS bigint LANGUAGE plpgsql AS
      $$ DECLARE found bigint; BEGIN SELECT count(*) INTO found FROM book WHERE id <= up_to; RETURN found; END $$`,
  ])
    await database.query(statement)
}

/** What PostgreSQL runs itself for the shop's foreign key. */
export const FOREIGN_KEY_CHECK = 'SELECT 1 FROM ONLY "public"."author" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x'

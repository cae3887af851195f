import { expect, test } from 'vitest'
import { readStatistics } from '../../../src/plan/projection/read-statistics.js'
import { writeStatistics } from '../../../src/plan/projection/write-statistics.js'
import { explain } from '../../../src/plan/explain.js'
import { describeEachPostgres } from '../with-postgres.js'

/** A table of every kind of type, one below a parent, and one with an index over an expression. */
const SETUP = `
  CREATE TYPE mood AS ENUM ('calm', 'cross');
  CREATE DOMAIN sum AS numeric CHECK (VALUE >= 0);
  CREATE TABLE kinds (id bigint PRIMARY KEY, name varchar(40), code char(3), mood mood, amount sum, day date, at timestamptz, tags text[], doc jsonb,
    words tsvector, span int4range, address inet, half numeric, ok bool, key uuid, raw bytea, odd text, nothing json, lapse interval, spot point, net cidr);
  INSERT INTO kinds SELECT i, 'n' || i % 300, 'c' || i % 7, (CASE WHEN i % 3 = 0 THEN 'calm' ELSE 'cross' END)::mood, i % 900, '2024-01-01'::date + i % 500,
    '2024-01-01'::timestamptz + i * interval '1 minute', ARRAY['a' || i % 5, 'b'], jsonb_build_object('k', i % 50), to_tsvector('simple', 'w' || i % 9 || ' all'),
    int4range(i % 100, i % 100 + 5), ('10.0.' || i % 200 || '.1')::inet, CASE WHEN i % 2 = 0 THEN i END, i % 10 = 0, gen_random_uuid(), decode(md5((i % 400)::text), 'hex'),
    CASE i % 4 WHEN 0 THEN 'a"b' WHEN 1 THEN 'c\\d' WHEN 2 THEN '{e,f}' ELSE 'NULL' END, '{}', i % 300 * interval '1 hour', point(i, i), '10.0.0.0/8'
    FROM generate_series(1, 5000) i;
  CREATE INDEX kinds_lower ON kinds (lower(name));
  CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
  CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  INSERT INTO events SELECT i, '2024-01-01'::date + i % 300 FROM generate_series(1, 3000) i;
  CREATE TABLE bare (id int, note text);
  INSERT INTO bare SELECT i, 'n' FROM generate_series(1, 10) i;
`

const ROWS = `SELECT starelid::regclass::text AS of, s.*, stavalues1::text AS v1, stavalues2::text AS v2, stavalues3::text AS v3, stavalues4::text AS v4, stavalues5::text AS v5
  FROM pg_statistic s WHERE starelid >= 16384 ORDER BY starelid, staattnum, stainherit`

await describeEachPostgres(SETUP, (database) => {
  const names = ['kinds', 'events', 'bare'].map((name) => ({ schema: undefined, name }))

  test('what is read is what pg_stats has, with partitions and indexes over expressions', async () => {
    const tables = await readStatistics(database().sql, names)
    expect(tables.map(({ table }) => table)).toEqual(['bare', 'events', 'events_2024', 'kinds', 'kinds_lower'])
    const kinds = tables.find(({ table }) => table === 'kinds')
    expect(kinds).toMatchObject({
      schema: 'public',
      rows: 5000,
      indexes: [
        { name: 'kinds_lower', rows: 5000 },
        { name: 'kinds_pkey', rows: 5000 },
      ],
    })
    expect(kinds?.columns.find(({ column }) => column === 'odd')?.mostCommon?.values.toSorted()).toEqual(['NULL', 'a"b', 'c\\d', '{e,f}'])
    expect(tables.find(({ table }) => table === 'events')?.columns.every(({ inherited }) => inherited)).toBe(true)
    expect(tables.find(({ table }) => table === 'kinds_lower')?.columns[0]).toMatchObject({ column: 'lower' })
  })

  test('statistics that were read and written are the same, slot by slot', async () => {
    const { sql } = database()
    const tables = await readStatistics(sql, names)
    const before = (await sql.query(ROWS)).rows
    await sql.query('BEGIN')
    await writeStatistics(sql, tables)
    expect(await readStatistics(sql, names)).toEqual(tables)
    const after = (await sql.query(ROWS)).rows
    // Of arrays, documents and ranges the slots move, and say the same.
    expect(after.map(slots)).toEqual(before.map(slots))
    await sql.query('DELETE FROM pg_statistic WHERE starelid >= 16384')
    await writeStatistics(sql, tables)
    expect(await readStatistics(sql, names)).toEqual(tables)
    const plain = (rows: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] =>
      rows.map(slots).map((row) => row.slice(0, 3).concat(row.slice(3).filter((slot) => Number(slot[0]) <= 3)))
    expect(plain((await sql.query(ROWS)).rows)).toEqual(plain(before))
    await sql.query('ROLLBACK')
  })

  test('the planner of the same session believes what was written', async () => {
    const { sql } = database()
    const [bare] = await readStatistics(sql, [{ schema: undefined, name: 'bare' }])
    if (bare === undefined) throw new Error('no statistics')
    const columns = bare.columns.map((column) => (column.column === 'note' ? { ...column, distinct: 5, mostCommon: undefined } : column))
    await writeStatistics(sql, [{ ...bare, rows: 1000, columns }])
    const plan = await explain(sql, "SELECT * FROM bare WHERE note = 'n'", [], { analyze: false })
    expect(plan.root.estimatedRows).toBe(200)
    await writeStatistics(sql, [bare])
    expect((await explain(sql, "SELECT * FROM bare WHERE note = 'n'", [], { analyze: false })).root.estimatedRows).toBe(10)
  })
})

/** Of a row: its column, and what its slots say, whatever place they have. */
function slots(row: Readonly<Record<string, unknown>>): readonly (readonly unknown[])[] {
  const found = [1, 2, 3, 4, 5].map((n) => [row[`stakind${n}`], row[`staop${n}`], row[`stacoll${n}`], row[`stanumbers${n}`], row[`v${n}`]])
  return [
    [row['of'], row['staattnum'], row['stainherit']],
    [row['stanullfrac'], row['stawidth'], row['stadistinct']],
    [],
    ...found.filter(([kind]) => kind !== 0).toSorted(([a], [b]) => Number(a) - Number(b)),
  ]
}

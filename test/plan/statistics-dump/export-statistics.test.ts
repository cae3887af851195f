import { expect, test } from 'vitest'
import { connectSql } from '../../../src/databases/sql-client.js'
import { exportStatistics } from '../../../src/plan/statistics-dump/export-statistics.js'
import type { DumpedTable, StatisticsDump } from '../../../src/plan/statistics-dump/statistics-dump.js'
import { describeEachPostgres } from '../with-postgres.js'

const SETUP = `
  CREATE TABLE orders (id int PRIMARY KEY, status text NOT NULL, at timestamptz NOT NULL, gone int);
  ALTER TABLE orders DROP gone;
  INSERT INTO orders SELECT i, CASE WHEN i % 10 = 0 THEN 'open' ELSE 'done' END, '2026-01-01 00:00:00+00'::timestamptz + i * interval '1 hour' FROM generate_series(1, 1000) i;
  CREATE INDEX orders_lower ON orders (lower(status));
  CREATE SCHEMA shop;
  CREATE TABLE shop.never (id int);
  CREATE TABLE events (id int, at int) PARTITION BY RANGE (at);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (100);
  INSERT INTO events SELECT i, i FROM generate_series(0, 99) i;
  CREATE ROLE reader LOGIN;
`

await describeEachPostgres(SETUP, (database) => {
  const find = ({ tables }: StatisticsDump, name: string): DumpedTable | undefined => tables.find(({ table }) => table === name)

  test('sizes, indexes and columns of every table are exported, with values in plain form', async () => {
    const { sql } = database()
    await sql.query("SET DateStyle = 'German'; SET TimeZone = 'Asia/Tokyo'")
    const dump = await exportStatistics(sql)
    await sql.query('RESET ALL')
    expect(dump).toMatchObject({ format: 1, postgresVersion: database().server.version.text })
    expect(dump.tables.map(({ schema, table }) => `${schema}.${table}`)).toEqual([
      'public.events',
      'public.events_1',
      'public.orders',
      'public.orders_lower',
      'shop.never',
    ])
    const orders = find(dump, 'orders')
    expect(orders).toMatchObject({
      rows: 1000,
      indexes: [
        { name: 'orders_lower', rows: 1000 },
        { name: 'orders_pkey', rows: 1000 },
      ],
    })
    expect(orders?.columns.map(({ column, type }) => [column, type])).toEqual([
      ['id', 'integer'],
      ['status', 'text'],
      ['at', 'timestamp with time zone'],
    ])
    expect(orders?.columns[1]?.mostCommon).toEqual({ values: ['done', 'open'], frequencies: [0.9, 0.1] })
    expect(orders?.columns[2]?.bounds?.[0]).toBe('2026-01-01 01:00:00+00')
    expect(find(dump, 'orders_lower')?.columns[0]).toMatchObject({ column: 'lower', mostCommon: { values: ['done', 'open'] } })
    expect(find(dump, 'events')?.columns[0]).toMatchObject({ column: 'id', inherited: true })
    expect(JSON.parse(JSON.stringify(dump))).toEqual(JSON.parse(JSON.stringify(dump)))
  })

  test('without values there are none, and everything else', async () => {
    const { sql } = database()
    const dump = await exportStatistics(sql, { values: false })
    const text = JSON.stringify(dump)
    expect(text).not.toContain('open')
    expect(text).not.toContain('2026-01-01')
    expect(find(dump, 'orders')?.columns[1]).toMatchObject({ distinct: 2, mostCommon: undefined, bounds: undefined })
  })

  test('pages are those that the file has now, and rows as many as the planner then expects', async () => {
    const { sql } = database()
    const before = find(await exportStatistics(sql), 'orders')
    await sql.query("INSERT INTO orders SELECT i, 'new', now() FROM generate_series(1001, 3000) i")
    const after = find(await exportStatistics(sql), 'orders')
    expect(after?.pages).toBeGreaterThan((before?.pages ?? 0) * 2)
    expect((after?.rows ?? 0) / (after?.pages ?? 1)).toBeCloseTo((before?.rows ?? 0) / (before?.pages ?? 1), 0)
    await sql.query('DELETE FROM orders WHERE id > 1000')
    await sql.query('VACUUM (FULL, ANALYZE) orders')
  })

  test('a role that may read nothing gets sizes, and nothing of columns', async () => {
    const { server } = database()
    const reader = await connectSql({ host: server.files.socketDirectory, port: server.port, user: 'reader', database: 'postgres' })
    const orders = find(await exportStatistics(reader), 'orders')
    await reader.close()
    expect(orders).toMatchObject({ rows: 1000, columns: [] })
  })
})

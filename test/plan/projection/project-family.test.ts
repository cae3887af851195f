import { expect, test } from 'vitest'
import { readColumnRules } from '../../../src/plan/projection/column-rules.js'
import { findFamilies } from '../../../src/plan/projection/families.js'
import { projectFamilies, type ProjectedFamilies, type SeededFamilies } from '../../../src/plan/projection/project-family.js'
import { readStatistics } from '../../../src/plan/projection/read-statistics.js'
import { resolveColumns } from '../../../src/plan/projection/resolve-columns.js'
import { createToldColumns } from '../../../src/plan/projection/told-columns.js'
import { describeEachPostgres } from '../with-postgres.js'

const SCHEMA = `
  CREATE TABLE users (id int PRIMARY KEY, country text NOT NULL);
  INSERT INTO users SELECT i, CASE WHEN i % 4 = 0 THEN 'fr' ELSE 'de' END FROM generate_series(1, 200) i;
  CREATE TABLE orders (id bigint PRIMARY KEY, user_id int NOT NULL REFERENCES users, at timestamptz NOT NULL, note text);
  INSERT INTO orders SELECT i, i % 200 + 1, '2024-01-01'::timestamptz + i * interval '1 minute', CASE WHEN i % 10 = 0 THEN 'n' || i END FROM generate_series(1, 2000) i;
  CREATE TABLE events (id bigint NOT NULL, on_day date NOT NULL, PRIMARY KEY (id, on_day)) PARTITION BY RANGE (on_day);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
  INSERT INTO events SELECT i, '2024-01-01'::date + i / 20 FROM generate_series(1, 1000) i;
`

await describeEachPostgres(SCHEMA, (database) => {
  const read = async (rows: SeededFamilies['rows'], more: Partial<SeededFamilies> = {}): Promise<SeededFamilies> => {
    const { sql } = database()
    await sql.query("SET timezone = 'UTC'")
    const families = await findFamilies(sql, Object.keys(rows))
    const parts = families.flatMap((family) => family.parts)
    const found = await readStatistics(sql, parts)
    const statistics = new Map(found.map((one) => [`${one.schema}.${one.table}`, one]))
    return { families, rows, told: [], statistics, rules: new Map(), blockBytes: 8192, ...more }
  }
  const partOf = ({ parts }: ProjectedFamilies, name: string) => {
    const found = parts.find(({ table }) => table.name === name)
    if (found === undefined) throw new Error(`There is no ${name}.`)
    return found
  }
  const columnOf = (projected: ProjectedFamilies, table: string, column: string) =>
    partOf(projected, table).statistics.columns.find((one) => one.column === column)

  test('the seeded sizes give the seeded statistics', async () => {
    const seeded = await read({ orders: 2000, users: 200 })
    const projected = projectFamilies(seeded)
    for (const { table, statistics } of projected.parts) {
      const before = seeded.statistics.get(`${table.schema}.${table.name}`)
      expect(statistics).toMatchObject({ rows: before?.rows, pages: before?.pages, indexes: before?.indexes })
    }
    expect(partOf(projected, 'orders').ends.get('id')).toEqual(['1', '2000'])
  })

  test('ids and times go on, foreign keys follow their parents, everything else stays', async () => {
    const projected = projectFamilies(await read({ orders: 2_000_000, users: 20_000 }))
    const { ends, heights, statistics } = partOf(projected, 'orders')
    expect([...ends]).toEqual([
      ['id', ['1', '2000000']],
      ['user_id', ['1', '19901']],
      // A thousand times as many steps of a minute.
      ['at', ['2024-01-01 00:01:00.000000+00', '2027-10-20 21:20:00.000000+00']],
    ])
    expect(heights.get('orders_pkey')).toBe(2)
    expect(statistics.indexes[0]).toMatchObject({ rows: 2_000_000, pages: 5487 })
    expect(columnOf(projected, 'orders', 'user_id')?.distinct).toBe(20_000)
    expect(columnOf(projected, 'orders', 'note')?.nullFraction).toBeCloseTo(0.9, 5)
    expect(columnOf(projected, 'users', 'country')?.mostCommon).toEqual({ values: ['de', 'fr'], frequencies: [0.75, 0.25] })
    expect(projected.sizes).toEqual([
      { table: 'orders', seeded: 2000, projected: 2_000_000 },
      { table: 'users', seeded: 200, projected: 20_000 },
    ])
  })

  test('what a dataset tells of a column is stronger than the schema, and rules are stronger than both', async () => {
    const column = { column: 'id', distinct: -1, mostCommon: undefined, bounds: ['5', '7', '9'], correlation: 1, ends: ['5', '9'] as const }
    const told = [{ schema: 'public', table: 'orders', rows: 4000, columns: [column] }]
    const seeded = await read({ orders: 4000 }, { told })
    expect(partOf(projectFamilies(seeded), 'orders').ends.get('id')).toEqual(['5', '9'])
    const rules = readColumnRules({ 'orders.id': 'fixed' }, seeded.families)
    expect(partOf(projectFamilies({ ...seeded, rules }), 'orders').ends.get('id')).toEqual(['1', '2000'])
  })

  test('parts share the rows as they do now, and ids by their order', async () => {
    const seeded = await read({ events: 1_000_000 })
    const projected = projectFamilies(seeded)
    expect(projected.parts.map(({ table, statistics }) => [table.name, statistics.rows])).toEqual([
      ['events', 1_000_000],
      ['events_1', 619_000],
      ['events_2', 381_000],
    ])
    const [first, second] = ['events_1', 'events_2'].map((name) => (partOf(projected, name).ends.get('id') ?? []).map(Number))
    expect(first?.[0]).toBe(1)
    expect((first?.[1] ?? 0) / 619_000).toBeCloseTo(1, 2)
    expect((second?.[0] ?? 0) / 620_000).toBeCloseTo(1, 2)
    expect(second?.[1]).toBe(1_000_000)
    expect(partOf(projected, 'events_2').ends.get('on_day')).toEqual(['2024-02-01', '2024-02-19'])
  })

  test('only columns that are others than before are told again', async () => {
    const { sql } = database()
    const seeded = await read({ orders: 2000, users: 200 })
    const parts = seeded.families.flatMap((family) => family.parts)
    const resolved = await resolveColumns(sql, parts)
    const told = createToldColumns(parts, seeded.statistics, resolved)
    const at = (orders: number) => projectFamilies({ ...seeded, rows: { orders, users: 200 } })
    const namesOf = (rows: ReturnType<typeof told.changed>['rows']) =>
      rows.map((row) => resolved.find(({ oid, position }) => oid === row.oid && position === row.position)?.column)

    const grown = told.changed(at(20_000))
    expect(namesOf(grown.rows)).toEqual(['id', 'at'])
    // Until the planner has them, they are still to be told.
    expect(told.changed(at(20_000)).rows).toEqual(grown.rows)
    grown.remember()
    expect(told.changed(at(20_000)).rows).toEqual([])
    expect(namesOf(told.changed(at(40_000)).rows)).toEqual(['id', 'at'])
  })
})

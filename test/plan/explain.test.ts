import { expect, test } from 'vitest'
import { explain, type ExplainOptions } from '../../src/plan/explain.js'
import type { ExplainableStatement } from '../../src/plan/statement.js'
import { planNodes } from '../../src/plan/walk.js'
import { describeEachPostgres, SHOP } from './with-postgres.js'

const RECENT = 'SELECT id, total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20'

await describeEachPostgres(SHOP, (database) => {
  const run = (statement: ExplainableStatement, params?: readonly unknown[], options?: ExplainOptions) =>
    explain(database().sql, statement, params, options)

  test('a plan says what ran, on what, and how much work it was', async () => {
    const plan = await run(RECENT, [42])

    expect(plan).toMatchObject({
      kind: 'plan',
      sql: RECENT,
      params: [42],
      analyzed: true,
      generic: false,
      postgresVersion: database().server.version.text,
    })
    expect(planNodes(plan).map(({ type }) => type)).toEqual(['Limit', 'Index Scan'])
    const scan = planNodes(plan)[1]
    expect(scan).toMatchObject({
      relation: { schema: 'public', table: 'orders', alias: 'orders' },
      index: 'orders_user_id_created_at_idx',
      conditions: { indexCond: '(user_id = 42)' },
      actual: { rows: 20, loops: 1 },
    })
    expect(scan?.actual?.buffers?.cumulative.total).toBeGreaterThan(2)
    expect(plan.settings).toMatchObject({ jit: 'off' })
  })

  test('a plan carries the facts about its tables and all their indexes', async () => {
    const { schema } = await run(RECENT, [42], { analyze: false })
    expect(schema.tables).toEqual([
      {
        schema: 'public',
        name: 'orders',
        columns: ['id', 'user_id', 'status', 'created_at', 'total'],
        reltuples: 50_000,
        relpages: expect.any(Number),
        pages: expect.any(Number),
        partitioned: false,
        root: undefined,
        types: ['bigint', 'integer', 'text', 'timestamp with time zone', 'numeric'],
        partitionKey: undefined,
      },
    ])
    expect(
      schema.indexes.map(({ name, columns, included, predicate, unique }) => ({ name, columns, included, predicate, unique })),
    ).toEqual([
      { name: 'orders_created_at_idx', columns: ['created_at'], included: [], predicate: undefined, unique: false },
      {
        name: 'orders_open_idx',
        columns: ['lower(status)', 'total DESC NULLS LAST'],
        included: ['user_id'],
        predicate: "status = 'open'::text",
        unique: false,
      },
      { name: 'orders_pkey', columns: ['id'], included: [], predicate: undefined, unique: true },
      { name: 'orders_user_id_created_at_idx', columns: ['user_id', 'created_at DESC'], included: [], predicate: undefined, unique: false },
    ])
  })

  test('tables of one name in two schemas are told apart', async () => {
    const plan = await run('SELECT (SELECT count(*) FROM shop.orders) FROM orders WHERE id = 1', [], { analyze: false })
    const relations = planNodes(plan).flatMap(({ relation }) => (relation === undefined ? [] : [relation.schema]))
    expect(new Set(relations)).toEqual(new Set(['public', 'shop']))
    expect(plan.schema.tables.map(({ schema, columns }) => [schema, columns.length])).toEqual([
      ['public', 5],
      ['shop', 2],
    ])
  })

  test('a search_path given as a setting decides which table is meant', async () => {
    const plan = await run('SELECT * FROM orders WHERE id = 1', [], { settings: { search_path: 'shop' } })
    expect(plan.schema.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual(['shop.orders'])
    const { rows } = await database().sql.query('SHOW search_path')
    expect(rows[0]).toEqual({ search_path: '"$user", public' })
  })

  test('partitions know their table, and their indexes the index they are a part of', async () => {
    const plan = await run("SELECT * FROM events WHERE kind = 'k7'", [], { analyze: false })
    expect(plan.schema.tables.map(({ name, partitioned, root }) => [name, partitioned, root?.name])).toEqual([
      ['events', true, undefined],
      ['events_2023', false, 'events'],
      ['events_2024', false, 'events'],
    ])
    expect(plan.schema.indexes.find(({ name }) => name === 'events_2023_kind_idx')?.parent).toBe('events_kind_idx')
  })

  test('a temporary table is found', async () => {
    await database().sql.query('CREATE TEMP TABLE basket (id int PRIMARY KEY)')
    const plan = await run('SELECT * FROM basket')
    expect(plan.schema.tables).toMatchObject([{ schema: 'pg_temp', name: 'basket', reltuples: -1 }])
    expect(plan.root.relation).toMatchObject({ schema: 'pg_temp' })
  })

  test('a partitioned table says how it is divided', async () => {
    const { tables } = (await run('SELECT * FROM events', [], { analyze: false })).schema
    expect(tables.map(({ name, partitionKey }) => [name, partitionKey])).toEqual([
      ['events', 'RANGE (at)'],
      ['events_2023', undefined],
      ['events_2024', undefined],
    ])
  })

  test('a statement that deletes knows which foreign keys refer to its table, and which of them have an index', async () => {
    const { sql } = database()
    await sql.query('BEGIN')
    await sql.query(`CREATE TABLE shop.notes (a text REFERENCES countries, b text CONSTRAINT second REFERENCES countries, UNIQUE (b, a));
      INSERT INTO shop.notes VALUES ('de', 'fr'); ANALYZE shop.notes`)
    const key = { schema: 'shop', table: 'notes', references: { schema: 'public', table: 'countries' }, rows: 1, pages: 1 }
    const plan = await run("DELETE FROM countries WHERE code = 'it'", [], { insideTransaction: true })
    const reading = await run("SELECT * FROM countries WHERE code = 'it'", [], { insideTransaction: true })
    await sql.query('ROLLBACK')
    expect(plan.schema.foreignKeys).toEqual([
      { ...key, name: 'notes_a_fkey', columns: ['a'], index: undefined },
      { ...key, name: 'second', columns: ['b'], index: 'notes_b_a_key' },
    ])
    expect(reading.schema.foreignKeys).toBeUndefined()
  })

  test('of a table that much is read of it is known how many rows a page holds', async () => {
    const rowsPerPage = async (statement: string): Promise<number | undefined> => (await run(statement)).schema.tables[0]?.rowsPerPage
    const { rows } = await database().sql.query('SELECT (reltuples / relpages)::float AS average FROM pg_class WHERE oid = $1::regclass', [
      'public.orders',
    ])
    const average = Number(rows[0]?.['average'])
    const known = (await rowsPerPage('SELECT sum(total) FROM orders')) ?? 0
    expect(known).toBeLessThanOrEqual(average)
    expect(known).toBeGreaterThan(average * 0.7)
    expect(await rowsPerPage('SELECT * FROM orders WHERE id = 7')).toBeUndefined()
  })

  test('what is written to the log is counted, and the size of the result where it is asked for', async () => {
    const update = await run('UPDATE orders SET total = 0 WHERE id <= 100')
    expect(update.root.raw['WAL Records']).toBeGreaterThanOrEqual(100)
    const result = await run('SELECT * FROM orders', [], { serialize: true })
    const known = database().server.version.major >= 17
    const memory = { 'Memory Used': expect.any(Number) }
    const volume = expect.objectContaining({ 'Output Volume': expect.any(Number) })
    expect(update.raw['Planning']).toMatchObject(known ? memory : {})
    expect(result.raw['Serialization']).toEqual(known ? volume : undefined)
    expect((await run('SELECT * FROM orders', [], { serialize: true, analyze: false })).raw['Serialization']).toBeUndefined()
  })

  test('what the statement writes is rolled back', async () => {
    const plan = await run('DELETE FROM orders WHERE user_id = $1 RETURNING id', [7])
    expect(plan.root).toMatchObject({ type: 'ModifyTable', operation: 'Delete', actual: { rows: 100 } })
    const { rows } = await database().sql.query('SELECT count(*)::int AS left FROM orders WHERE user_id = 7')
    expect(rows).toEqual([{ left: 100 }])
  })

  test('inside a transaction uncommitted rows are seen and stay', async () => {
    const { sql } = database()
    await sql.query('BEGIN')
    await sql.query("INSERT INTO shop.orders VALUES (1, 'a'), (2, 'b')")
    const plan = await run('DELETE FROM shop.orders WHERE id > 0 RETURNING id', [], { insideTransaction: true })
    const { rows } = await sql.query('SELECT count(*)::int AS left FROM shop.orders')
    await sql.query('ROLLBACK')
    expect(plan.root.actual?.rows).toBe(2)
    expect(rows).toEqual([{ left: 2 }])
  })

  test('a generic plan is made without the values', async () => {
    const plan = await run(RECENT, [42], { generic: true, analyze: false })
    expect(plan).toMatchObject({ generic: true, analyzed: false })
    expect(planNodes(plan)[1]?.conditions).toEqual({ indexCond: '(user_id = $1)' })
  })

  test('a generic plan can be executed, with values of any type', async () => {
    const day = new Date('2024-01-02T00:00:00Z')
    const statement = 'SELECT * FROM orders WHERE created_at = $1 AND user_id = ANY ($2) AND status <> $3 AND $4::bytea IS NOT NULL'
    const values = [day, [439, 440], "it's", Buffer.from([0, 255])]
    const custom = await run(statement, values)
    const plan = await run(statement, values, { generic: true })
    expect(plan).toMatchObject({ generic: true, analyzed: true, params: values })
    expect(plan.root.actual?.rows).toBe(custom.root.actual?.rows)
    expect(String(plan)).toContain('$1')
    expect((await database().sql.query('SELECT count(*)::int AS left FROM pg_prepared_statements')).rows).toEqual([{ left: 0 }])
  })

  test('settings hold for the one statement and are kept in the plan', async () => {
    const plan = await run('SELECT * FROM countries ORDER BY code', [], { settings: { enable_seqscan: false, work_mem: '1MB' } })
    expect(plan.settings).toMatchObject({ enable_seqscan: 'off', work_mem: '1MB' })
    expect((await database().sql.query('SHOW work_mem')).rows).not.toEqual([{ work_mem: '1MB' }])
  })

  test('a node that is planned although its setting is off is marked', async () => {
    const plan = await run('SELECT status FROM orders WHERE total > 5 ORDER BY status', [], { settings: { enable_seqscan: false } })
    expect(planNodes(plan).map(({ type, disabled }) => [type, disabled])).toEqual([
      ['Sort', false],
      ['Seq Scan', true],
    ])
  })

  test('loops are multiplied, and own buffers are those of the node alone', async () => {
    const plan = await run(
      'SELECT c.code, n.* FROM countries c, LATERAL (SELECT id FROM orders WHERE user_id = length(c.code) ORDER BY created_at DESC LIMIT 4) n',
    )
    const limit = planNodes(plan).find(({ type }) => type === 'Limit')
    expect(limit?.actual).toMatchObject({ rows: 12, rowsPerLoop: 4, loops: 3 })
    const { actual } = plan.root
    const below = plan.root.children.reduce((sum, child) => sum + (child.actual?.buffers?.cumulative.total ?? 0), 0)
    expect(actual?.buffers?.own.total).toBe((actual?.buffers?.cumulative.total ?? 0) - below)
  })

  test("a CTE's buffers are counted once, where they are read", async () => {
    const plan = await run('WITH c AS MATERIALIZED (SELECT user_id FROM orders) SELECT count(*) FROM c')
    const nodes = planNodes(plan)
    expect(nodes.map(({ type, subplanName }) => subplanName ?? type)).toEqual(['Aggregate', 'CTE c', 'CTE Scan'])
    const own = nodes.map(({ actual }) => actual?.buffers?.own.total)
    expect(own[0]).toBe(0)
    expect(own[1]).toBe(plan.root.actual?.buffers?.cumulative.total)
  })

  test.each<[string, ExplainableStatement]>([
    ['drizzle', { toSQL: () => ({ sql: RECENT, params: [42] }) }],
    ['knex', { toSQL: () => ({ sql: RECENT.replace('$1', '?'), bindings: [42], toNative: () => ({ sql: RECENT, bindings: [42] }) }) }],
    ['kysely', { compile: () => ({ sql: RECENT, parameters: [42] }) }],
    ['a compiled query of kysely', { sql: RECENT, parameters: [42] }],
    ['pg', { text: RECENT, values: [42] }],
    ['slonik', { sql: RECENT, values: [42] }],
  ])('a statement as %s has it', async (_, statement) => {
    expect(await run(statement, undefined, { analyze: false })).toMatchObject({ sql: RECENT, params: [42] })
  })

  test('values given beside a query replace its own', async () => {
    expect((await run({ text: RECENT, values: [42] }, [7], { analyze: false })).params).toEqual([7])
  })

  test('a comment or a semicolon at the end does no harm', async () => {
    expect(planNodes(await run('/* a; b */ TABLE countries; -- the end;\n'))).toHaveLength(1)
  })

  test('row level security is planned for the role that is given as a setting', async () => {
    await database().sql.query(`CREATE ROLE teller; GRANT SELECT ON countries TO teller; ALTER TABLE countries ENABLE ROW LEVEL SECURITY;
      CREATE POLICY one ON countries USING (code = 'de')`)
    const plan = await run('SELECT * FROM countries', [], { settings: { role: 'teller' } })
    expect(plan.root).toMatchObject({ conditions: { filter: "(code = 'de'::text)" }, actual: { rows: 1 } })
    expect((await run('SELECT * FROM countries')).root.actual?.rows).toBe(3)
  })

  test('a view and a UNION are explained like anything else', async () => {
    await database().sql.query('CREATE OR REPLACE VIEW open_orders AS SELECT * FROM orders WHERE status = $$open$$')
    const plan = await run('SELECT id FROM open_orders WHERE user_id = 1 UNION ALL (SELECT id FROM shop.orders)')
    expect(plan.schema.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual(['public.orders', 'shop.orders'])
  })

  test('a table with others that inherit from it, LATERAL and a CTE are explained like anything else', async () => {
    await database().sql.query(`CREATE TABLE vehicles (id int, wheels int); CREATE TABLE cars (doors int) INHERITS (vehicles);
      INSERT INTO vehicles SELECT n, 2 FROM generate_series(1, 100) n; INSERT INTO cars SELECT n, 4, 5 FROM generate_series(1, 50) n; ANALYZE vehicles, cars`)
    const inherited = await run('SELECT count(*) FROM vehicles')
    expect(inherited.root.children[0]?.actual?.rows).toBe(150)
    expect(inherited.schema.tables.map(({ name, root }) => [name, root?.name])).toEqual([
      ['cars', 'vehicles'],
      ['vehicles', undefined],
    ])
    const lateral = await run(`WITH few AS MATERIALIZED (SELECT code FROM countries)
      SELECT * FROM few, LATERAL (SELECT id FROM orders WHERE status = few.code ORDER BY created_at DESC LIMIT 1) newest`)
    expect(planNodes(lateral).map(({ type }) => type)).toEqual(expect.arrayContaining(['Nested Loop', 'CTE Scan', 'Limit']))
    expect(lateral.root.actual?.rows).toBe(0)
  })

  test('the tree is printed compactly', async () => {
    const plan = await run(RECENT, [42])
    expect(String(plan).replaceAll(/buffers \d+/g, 'buffers n')).toBe(
      [
        'Limit  rows 20  buffers n',
        '  Index Scan using orders_user_id_created_at_idx on orders  rows 20  buffers n',
        '      Index Cond: (user_id = 42)',
      ].join('\n'),
    )
  })

  test('a plan is plain data and cannot be changed', async () => {
    const plan = await run('SELECT 1')
    expect(JSON.parse(JSON.stringify(plan))).toMatchObject({ kind: 'plan', root: { type: 'Result' } })
    expect(structuredClone(plan)).toEqual(plan)
    expect(() => Object.assign(plan, { sql: '' })).toThrow(TypeError)
    expect(() => Object.assign(plan.root, { type: '' })).toThrow(TypeError)
  })
})

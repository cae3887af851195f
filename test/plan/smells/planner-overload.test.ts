import { expect, test } from 'vitest'
import { plannerOverload } from '../../../src/plan/smells/planner-overload.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn } from './find.js'

const NAMES = Array.from({ length: 14 }, (_, at) => `name_${at}`)

const SETUP = `
  ${NAMES.map((name) => `CREATE TABLE ${name} (id int PRIMARY KEY, next int); INSERT INTO ${name} SELECT i, i FROM generate_series(1, 20) i;`).join('\n')}
  CREATE TABLE events (id int, at int, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
  DO $$ BEGIN FOR i IN 0..119 LOOP
    EXECUTE format('CREATE TABLE events_%s PARTITION OF events FOR VALUES FROM (%s) TO (%s)', i, i * 10, i * 10 + 10);
  END LOOP; END $$;
  INSERT INTO events SELECT i, i % 1200 FROM generate_series(1, 2400) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, options?: Parameters<typeof findIn>[3]) => findIn(database(), plannerOverload, sql, options)
  const join = (names: readonly string[]): string =>
    `SELECT count(*) FROM ${names[0]} ${names
      .slice(1)
      .map((name, at) => `JOIN ${name} ON ${name}.id = ${names[at]}.next`)
      .join(' ')}`

  test('more relations than PostgreSQL tries every order of are found, and not in two statements', async () => {
    expect(await find(join(NAMES.slice(0, 13)), { analyze: false })).toMatchInlineSnapshot(`
      [
        "joins 13 relations: from 12 on the planner no longer tries every order, and above join_collapse_limit it keeps to the order that JOINs are written in → Read what only gives names by statements of their own, or split the statement in two by WITH … AS MATERIALIZED",
      ]
    `)
    expect(await find(join(NAMES.slice(0, 7)))).toEqual([])
    const split = `WITH first AS MATERIALIZED (${join(NAMES.slice(0, 7))}), second AS MATERIALIZED (${join(NAMES.slice(7))}) SELECT * FROM first, second`
    expect(await find(split)).toEqual([])
  })

  test('the limit is the one that the server has', async () => {
    expect(await find(join(NAMES), { analyze: false, settings: { geqo_threshold: 20 } })).toEqual([])
    expect(await find(join(NAMES.slice(0, 7)), { analyze: false, settings: { geqo_threshold: 7 } })).toHaveLength(1)
  })

  test('many relations that are not joined with each other do not smell', async () => {
    expect(await find(NAMES.map((name) => `SELECT id FROM ${name}`).join(' UNION ALL '))).toEqual([])
  })

  test('partitions that are all planned are found, and not once the partition key has a value', async () => {
    expect(await find('SELECT * FROM events WHERE id = 7', { analyze: false })).toMatchInlineSnapshot(`
      [
        "plans 120 partitions of events, each like a table of its own → Compare the partition key, RANGE (at), with values that are known when the statement is planned; or make fewer, larger partitions",
      ]
    `)
    expect(await find('SELECT * FROM events WHERE id = 7 AND at = 7', { analyze: false })).toEqual([])
  })

  test('partitions that are ruled out only while running were planned all the same', async () => {
    expect(await find('SELECT * FROM events WHERE id = 7 AND at = $1', { params: [7], generic: true })).toHaveLength(1)
    expect(await find('SELECT * FROM events WHERE id = 7 AND at = $1', { params: [7] })).toEqual([])
  })

  test('the memory that planning takes is found from 17 on, and not once a list is one value', async () => {
    const list = Array.from({ length: 40_000 }, (_, at) => at)
    const found = await find(`SELECT id FROM name_1 WHERE id IN (${list.join()})`, { analyze: false })
    const known = database().server.version.major >= 17
    const text = expect.stringMatching(/^takes \d+ MB of memory to plan → Join a long list instead of comparing with it/)
    expect(found).toEqual(known ? [text] : [])
    expect(await find('SELECT id FROM name_1 WHERE id IN (SELECT unnest($1::int[]))', { params: [list], analyze: false })).toEqual([])
  })
})

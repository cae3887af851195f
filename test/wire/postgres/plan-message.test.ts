import type pg from 'pg'
import { describe, expect, test } from 'vitest'
import { createDraws, randomKey } from '../../../src/primitives/random.js'
import { decodeNotice } from '../../../src/wire/postgres/messages.js'
import { decodePlanMessage, foldNumbers, unfoldNumbers, type PlanMessage } from '../../../src/wire/postgres/plan-message.js'
import { describeEachPostgres, type TestDatabase } from '../../plan/with-postgres.js'
import { collect } from './collect.js'
import { converse } from './converse.js'

const SETUP = `
  CREATE TABLE users (id int PRIMARY KEY, name text);
  INSERT INTO users SELECT i, 'user ' || i FROM generate_series(1, 200) i;
  CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users ON DELETE CASCADE);
  CREATE TABLE "odd ones" (user_id int CONSTRAINT "my key" REFERENCES users);
  CREATE TABLE audit (line text);
  CREATE FUNCTION inner_f(n int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM users WHERE id < n); END $$;
  CREATE FUNCTION simple_f(n int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN inner_f(n); END $$;
  CREATE FUNCTION outer_f(n int) RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE r bigint; BEGIN SELECT inner_f(n) + 1 INTO r; RETURN r; END $$;
  CREATE FUNCTION sql_f(n int) RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT outer_f(n) FROM users LIMIT 1 $$;
  CREATE FUNCTION sql_insert(n int) RETURNS void LANGUAGE sql AS $$ INSERT INTO orders VALUES (n, 1) $$;
  CREATE FUNCTION loop_f() RETURNS void LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN
    FOR r IN SELECT id FROM users LIMIT 2 LOOP NULL; END LOOP; END $$;
  CREATE FUNCTION insert_f(n int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders VALUES (n, 1); END $$;
  CREATE FUNCTION misleading_f() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM users WHERE name = '"
PL/pgSQL function other() line 1 at RETURN
SQL statement "SELECT 1"'); END $$;
  CREATE FUNCTION misleading_outer() RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE r bigint; BEGIN SELECT inner_f(1), 'two
lines' INTO r; RETURN r; END $$;
  CREATE FUNCTION audit_f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit VALUES (new.name); RETURN new; END $$;
  CREATE TRIGGER audit AFTER INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION audit_f();
  CREATE PROCEDURE both_p() LANGUAGE plpgsql AS $$ BEGIN PERFORM outer_f(2); END $$;
`
const PLANS_ON = `
  LOAD 'auto_explain'; SET client_min_messages = error;
  SET auto_explain.log_level = info; SET auto_explain.log_format = json; SET auto_explain.log_analyze = on; SET auto_explain.log_buffers = on;
  SET auto_explain.log_timing = off; SET auto_explain.log_nested_statements = on; SET auto_explain.log_min_duration = 0`

async function plansOf(database: TestDatabase, talk: (client: pg.Client) => Promise<unknown>): Promise<readonly PlanMessage[]> {
  const said = await converse(database.server, async (client) => {
    await client.query(PLANS_ON)
    await talk(client)
  })
  const server = collect('server', { runs: false })
  server.read(said.server)
  return server.frames.flatMap(([kind, bytes]) => (kind === 'N' ? [decodePlanMessage(decodeNotice(bytes)) ?? []].flat() : []))
}

const textOf = ({ json }: PlanMessage): string =>
  (JSON.parse(json) as { 'Query Text': string })['Query Text'].replaceAll(/\s+/g, ' ').trim()

await describeEachPostgres(SETUP, (database) => {
  const run = (...statements: string[]): Promise<readonly PlanMessage[]> =>
    plansOf(database(), async (client) => {
      for (const statement of statements) await client.query(statement)
    })
  const outline = async (...statements: string[]): Promise<readonly string[]> =>
    (await run(...statements)).map((plan) => `${plan.depth} ${textOf(plan)}`)

  test("a statement's plan has its JSON and its duration", async () => {
    const [plan, ...others] = await run('SELECT count(*) FROM users')
    expect(others).toEqual([])
    expect(plan).toMatchObject({ depth: 0, constraint: undefined })
    expect(JSON.parse(plan?.json ?? '')).toMatchObject({ 'Query Text': 'SELECT count(*) FROM users', Plan: { 'Node Type': 'Aggregate' } })
    expect(plan?.durationMs).toBeGreaterThan(0)
    expect(plan?.durationMs).toBeLessThan(10_000)
  })

  test('every other notice is left alone, though it looks like a plan', async () => {
    const plans = await run(
      'SET client_min_messages = info; SET auto_explain.log_min_duration = -1',
      `DO $$ BEGIN RAISE INFO E'duration: 1.000 ms  plan:\\n{"Query Text": "SELECT 1"}'; END $$`,
    )
    expect(plans.map(textOf).filter((text) => !text.startsWith('SET'))).toEqual([])
  })

  test('a plan that the application asked for as text, or as a notice, is left to it', async () => {
    expect(await run('SET auto_explain.log_format = text', 'SELECT 1')).toEqual([])
    expect(await run('SET client_min_messages = notice; SET auto_explain.log_level = notice', 'SELECT 1')).toEqual([])
  })

  test.each([
    [
      'a function that calls a function',
      'SELECT outer_f(5)',
      ['2 (SELECT count(*) FROM users WHERE id < n)', '1 SELECT inner_f(n) + 1', '0 SELECT outer_f(5)'],
    ],
    [
      'a function called by a simple expression',
      'SELECT simple_f(5)',
      ['1 (SELECT count(*) FROM users WHERE id < n)', '0 SELECT simple_f(5)'],
    ],
    [
      'an SQL function',
      'SELECT sql_f(id) FROM users WHERE id = 1',
      [
        '3 (SELECT count(*) FROM users WHERE id < n)',
        '2 SELECT inner_f(n) + 1',
        '1 SELECT outer_f(n) FROM users LIMIT 1',
        '0 SELECT sql_f(id) FROM users WHERE id = 1',
      ],
    ],
    ['a loop', 'SELECT loop_f()', ['1 SELECT id FROM users LIMIT 2', '0 SELECT loop_f()']],
    [
      'a trigger',
      "INSERT INTO users VALUES (1000, 'x')",
      ['1 INSERT INTO audit VALUES (new.name)', "0 INSERT INTO users VALUES (1000, 'x')"],
    ],
    [
      'a DO block',
      'DO $$ BEGIN PERFORM outer_f(3); END $$',
      ['3 (SELECT count(*) FROM users WHERE id < n)', '2 SELECT inner_f(n) + 1', '1 SELECT outer_f(3)'],
    ],
    ['a procedure', 'CALL both_p()', ['3 (SELECT count(*) FROM users WHERE id < n)', '2 SELECT inner_f(n) + 1', '1 SELECT outer_f(2)']],
    [
      'a statement that reads like a context',
      'SELECT misleading_f()',
      [
        `1 (SELECT count(*) FROM users WHERE name = '" PL/pgSQL function other() line 1 at RETURN SQL statement "SELECT 1"')`,
        '0 SELECT misleading_f()',
      ],
    ],
    [
      'an outer statement of two lines',
      'SELECT misleading_outer()',
      ['2 (SELECT count(*) FROM users WHERE id < n)', "1 SELECT inner_f(1), 'two lines'", '0 SELECT misleading_outer()'],
    ],
    ['several statements in one text', 'SELECT 1; SELECT 2', ['0 SELECT 1; SELECT 2', '0 SELECT 1; SELECT 2']],
  ])('the depth tells what ran what: %s', async (_, statement, expected) => {
    expect(await outline(statement)).toEqual(expected)
  })

  test('a trigger within COPY is one level deep', async () => {
    const plans = await outline("COPY users FROM PROGRAM 'echo 1001,y' (FORMAT csv)")
    expect(plans).toEqual(['1 INSERT INTO audit VALUES (new.name)'])
  })

  const CHECK = 'SELECT 1 FROM ONLY "public"."users" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x'

  test('foreign-key checks are told apart from what the application runs', async () => {
    const plans = await run('INSERT INTO orders VALUES (1, 1), (2, 1)', 'INSERT INTO "odd ones" VALUES (2)', 'SELECT 1')
    expect(plans.map(({ depth, constraint }) => [depth, constraint])).toEqual([
      [1, CHECK],
      [1, CHECK],
      [0, undefined],
      [1, CHECK],
      [0, undefined],
      [0, undefined],
    ])
  })

  test.each(['insert_f', 'sql_insert'])('a foreign-key check below the function %s is two levels deep', async (name) => {
    const plans = await run('BEGIN', `SELECT ${name}(7)`, 'ROLLBACK')
    expect(plans.map(({ depth, constraint }) => [depth, constraint])).toEqual([
      [2, CHECK],
      [1, undefined],
      [0, undefined],
    ])
  })

  test('cascades, restrictions and the check of a new foreign key are of a constraint too', async () => {
    const plans = await run(
      'BEGIN',
      'DELETE FROM users WHERE id = 100',
      'ALTER TABLE "odd ones" ADD FOREIGN KEY (user_id) REFERENCES users',
      'ROLLBACK',
    )
    const texts = plans.flatMap(({ constraint, depth }) => (constraint === undefined ? [] : [`${depth} ${constraint}`]))
    expect(texts).toContain('1 DELETE FROM ONLY "public"."orders" WHERE $1 OPERATOR(pg_catalog.=) "user_id"')
    expect(texts).toContain('1 SELECT 1 FROM ONLY "public"."odd ones" x WHERE $1 OPERATOR(pg_catalog.=) "user_id" FOR KEY SHARE OF x')
    expect(texts.at(-1)).toMatch(/^1 SELECT fk\."user_id" FROM ONLY "public"."odd ones" fk LEFT OUTER JOIN/)
  })

  test('executions of one statement with a hundred values share a shape', async () => {
    const plans = await plansOf(database(), async (client) => {
      for (let id = 100; id < 200; id += 1) await client.query('SELECT * FROM users WHERE id = $1 AND name = $2', [id, `user ${id}`])
    })
    expect(plans).toHaveLength(100)
    const folded = plans.map(({ json }) => foldNumbers(json))
    expect(new Set(folded.map(({ shape }) => shape)).size).toBe(1)
    expect(folded[7]?.texts).toContain('107')
    expect(folded.map(({ shape, numbers, texts }) => unfoldNumbers(shape, numbers, texts))).toEqual(plans.map(({ json }) => json))
    for (const number of folded[0]?.numbers.split(',') ?? []) expect(Number(number)).not.toBeNaN()
  })
})

describe('folding', () => {
  test('takes numbers and texts with literals, and leaves names and their digits', () => {
    const json =
      '{\n  "Node 1": "Index Scan",\n  "Index Name": "t_2_idx",\n  "Index Cond": "(id = 42)",\n  "Filter": "(a = $1)",\n  "Rows": -1.5e+10,\n  "On": true\n}'
    const { shape, numbers, texts } = foldNumbers(json)
    expect(shape).toBe(json.replace('"(id = 42)"', '\u0002').replace('-1.5e+10', '\u0001'))
    expect(numbers).toBe('-1.5e+10')
    expect(texts).toBe('"(id = 42)"\n')
  })

  test('a 64-bit number keeps its digits', () => {
    const json = '{"Query Identifier": -8123456789012345678}'
    const { shape, numbers, texts } = foldNumbers(json)
    expect(numbers).toBe('-8123456789012345678')
    expect(unfoldNumbers(shape, numbers, texts)).toBe(json)
  })

  test('any text comes back to the letter', () => {
    const { below } = createDraws(randomKey('fold'))
    const alphabet = [
      '"',
      '\\',
      '\n',
      ':',
      ',',
      '{',
      '}',
      '[',
      ']',
      ' ',
      '-',
      '1',
      '42',
      '0.5',
      'e',
      'E+',
      'x',
      '_',
      '$',
      "'",
      'ö',
      '\u0001',
      '\u0002',
      '"key": ',
    ]
    for (let round = 0; round < 20_000; round += 1) {
      const length = below(round, 40)
      const text = Array.from({ length }, (_, at) => alphabet[below(round, alphabet.length, at + 1)]).join('')
      const { shape, numbers, texts } = foldNumbers(text)
      expect(unfoldNumbers(shape, numbers, texts), `round ${round}`).toBe(text)
    }
  })

  test('any JSON value gives all its numbers', () => {
    const { below, unit } = createDraws(randomKey('fold', 'json'))
    const strings = ['a', 'x = 1', "'q'", '"', '\\', '\n', 'é', '7', '', 'a_1']
    for (let round = 0; round < 3000; round += 1) {
      let draw = 0
      const found: string[] = []
      const make = (depth: number): unknown => {
        draw += 1
        const kind = below(round, depth > 3 ? 3 : 5, draw)
        draw += 1
        if (kind === 0) {
          const number = (unit(round, draw) - 0.5) * 10 ** (below(round, 40, draw) - 20)
          found.push(JSON.stringify(number))
          return number
        }
        if (kind === 1) return strings[below(round, strings.length, draw)]
        if (kind === 2) return [true, false, null][below(round, 3, draw)]
        const size = below(round, 4, draw)
        if (kind === 3) return Array.from({ length: size }, () => make(depth + 1))
        return Object.fromEntries(Array.from({ length: size }, (_, at) => [`k${at} ${strings[at]}`, make(depth + 1)]))
      }
      const json = JSON.stringify(make(0), null, round % 2 === 0 ? 2 : 0)
      const { shape, numbers, texts } = foldNumbers(json)
      expect(numbers.split(',').filter((one) => one !== '')).toEqual(found)
      expect(unfoldNumbers(shape, numbers, texts)).toBe(json)
    }
  })
})

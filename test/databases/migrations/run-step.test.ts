import { writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runStep, type StepTarget } from '../../../src/databases/migrations/run-step.js'
import type { TemplateStep } from '../../../src/databases/template-step.js'
import { OWNER_ROLE, type PostgresAccess } from '../../../src/databases/postgres-access.js'
import type { SqlClient } from '../../../src/databases/sql-client.js'
import { makeFolder, startGroup } from '../place.js'

let access: PostgresAccess
let client: SqlClient
let target: StepTarget

beforeAll(async () => {
  ;({ access } = await startGroup([{}]))
})

beforeEach(async () => {
  await client?.close()
  await access.admin.query('DROP DATABASE IF EXISTS target WITH (FORCE)')
  await access.admin.query(`CREATE DATABASE target OWNER ${OWNER_ROLE} STRATEGY FILE_COPY`)
  client = await access.connect({ database: 'target', role: 'owner' })
  target = {
    client,
    url: access.url({ database: 'target', role: 'owner' }),
    adminUrl: access.url({ database: 'target', role: 'admin' }),
  }
})

afterAll(() => client?.close())

/** The message of the error that `step` fails with, its temporary folder written as DIR. */
async function failureOf(step: TemplateStep, folder = ''): Promise<string> {
  const error: unknown = await runStep(step, target).then(
    () => undefined,
    (failure: unknown) => failure,
  )
  expect(error).toMatchObject({ code: 'ERR_HOTBED_MIGRATION' })
  return (error as Error).message.replaceAll(relative(process.cwd(), folder) || '\0', 'DIR').replaceAll(folder || '\0', 'DIR')
}

async function tables(): Promise<readonly unknown[]> {
  const { rows } = await client.query(
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
  )
  return rows.map((row) => row['relname'])
}

describe('a folder of SQL files', () => {
  test('is run in order, statement by statement', async () => {
    const folder = makeFolder({
      '10_last.sql': 'INSERT INTO a SELECT x FROM b; CREATE INDEX CONCURRENTLY ON a (x)',
      '9_more.sql': 'BEGIN; CREATE TABLE b AS SELECT 7 AS x; COMMIT;',
      '1_first.sql': `CREATE TABLE a (x int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE RULE r AS ON DELETE TO a DO ALSO (SELECT 1; SELECT 2);`,
    })
    await runStep(folder, target)
    expect(await tables()).toEqual(['a', 'b'])
    expect((await client.query('SELECT x FROM a')).rows).toEqual([{ x: 7 }])
  })

  test('is run as psql would run a dump: what one file sets ends with it, and \\restrict is passed over', async () => {
    const folder = makeFolder({
      '1_dump.sql': `\\restrict abc\nSELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.a (x int);\n\\unrestrict abc\n`,
      '2_role.sql': `SET ROLE pg_monitor; SET work_mem = '1MB'`,
      '3_after.sql': 'CREATE TABLE b AS SELECT current_user AS who, current_setting($$work_mem$$) AS memory',
    })
    await access.admin.query(`GRANT pg_monitor TO ${OWNER_ROLE}`)
    await runStep(folder, target)
    expect((await client.query('SELECT * FROM b')).rows).toEqual([{ who: OWNER_ROLE, memory: '4MB' }])
  })

  test('that fails says file, line and the place in the statement', async () => {
    const folder = makeFolder({
      '1.sql': 'CREATE TABLE a (x int);\n\n-- the second one\nCREATE TABLE b (\n  x int,\n  y nonsense,\n  z int\n);\n',
    })
    expect(await failureOf(folder, folder)).toBe(
      `DIR/1.sql:6 failed: type "nonsense" does not exist (SQLSTATE 42704)
    CREATE TABLE b (
      x int,
      y nonsense,   ←
      z int
    ); [ERR_HOTBED_MIGRATION]`.replace('    );', '    )'),
    )
  })

  test('that fails in the middle of a long statement shows the lines around', async () => {
    const columns = Array.from({ length: 20 }, (_, index) => `  c${index} ${index === 10 ? 'nonsense' : 'int'},`).join('\n')
    const folder = makeFolder({ '1.sql': `CREATE TABLE b (\n${columns}\n  z int\n);` })
    expect(await failureOf(folder, folder)).toBe(`DIR/1.sql:12 failed: type "nonsense" does not exist (SQLSTATE 42704)
      c7 int,
      c8 int,
      c9 int,
      c10 nonsense,   ←
      c11 int,
      c12 int,
      c13 int, [ERR_HOTBED_MIGRATION]`)
  })

  test('that breaks a constraint says the detail', async () => {
    const folder = makeFolder({ '1.sql': 'CREATE TABLE a (x int PRIMARY KEY);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (1);' })
    expect(await failureOf(folder, folder))
      .toBe(`DIR/1.sql:3 failed: duplicate key value violates unique constraint "a_pkey" (SQLSTATE 23505)
    Key (x)=(1) already exists.
    INSERT INTO a VALUES (1) [ERR_HOTBED_MIGRATION]`)
  })

  test("hands on the server's hint", async () => {
    const folder = makeFolder({ '1.sql': 'SELECT lenght(1::text)' })
    expect(await failureOf(folder, folder)).toMatch(
      /^DIR\/1\.sql:1 failed: function lenght\(text\) does not exist \(SQLSTATE 42883\)\n {4}SELECT lenght\(1::text\) {3}← \[ERR_HOTBED_MIGRATION\]\n {2}→ .+/,
    )
  })

  test('that wants an extension only a superuser may create says where to name it', async () => {
    const folder = makeFolder({ '1.sql': 'CREATE EXTENSION pg_stat_statements' })
    expect(await failureOf(folder, folder))
      .toBe(`DIR/1.sql:1 failed: permission denied to create extension "pg_stat_statements" (SQLSTATE 42501)
    CREATE EXTENSION pg_stat_statements [ERR_HOTBED_MIGRATION]
  → Must be superuser to create this extension.`)
  })

  test('that ends inside a transaction would lose its work, and says so', async () => {
    const folder = makeFolder({ '1.sql': 'BEGIN;\nCREATE TABLE a ();\n', '2.sql': 'CREATE TABLE b ();' })
    expect(await failureOf(folder, folder)).toBe(
      'DIR/1.sql:2 ends inside a transaction. [ERR_HOTBED_MIGRATION]\n  → Add COMMIT; at its end.',
    )
  })

  test.each([
    ['COPY FROM stdin', `CREATE TABLE a (x text);\nCOPY public.a (x)\n  FROM stdin;\nit's one\n\\.\n`, 2, 'COPY public.a (x)'],
    ['\\connect', 'CREATE TABLE a ();\n\\connect other\nCREATE TABLE b ();', 2, '\\connect other'],
    ['\\i', '\\i other.sql\n', 1, '\\i other.sql'],
  ])('with %s is refused before any of it is run', async (_, sql, line, quoted) => {
    const folder = makeFolder({ '0.sql': 'CREATE TABLE zero ()', '1.sql': sql })
    expect(await failureOf(folder, folder)).toBe(`DIR/1.sql:${line} holds '${quoted}', which only psql understands. [ERR_HOTBED_MIGRATION]
  → Dump with 'pg_dump --inserts', or run psql itself: migrations: { command: 'psql "$DATABASE_URL" -f …', inputs: ['…'] }.`)
    expect(await tables()).toEqual([])
  })

  test('may speak of COPY FROM stdin in texts and comments', async () => {
    const folder = makeFolder({
      '1.sql': `/*\nCOPY a FROM stdin;\n*/\nCREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT '\nCOPY a FROM stdin;\n\\d+' $$;`,
    })
    await runStep(folder, target)
    expect((await client.query('SELECT f()')).rows).toEqual([{ f: '\nCOPY a FROM stdin;\n\\d+' }])
  })
})

describe('a function', () => {
  test('gets both URLs and a query', async () => {
    let seen = {}
    await runStep(
      {
        run: async ({ url, adminUrl, query }) => {
          const { rows } = await query('SELECT current_user AS who, $1::int AS n', [3])
          seen = { url, adminUrl, rows }
        },
      },
      target,
    )
    expect(seen).toEqual({ url: target.url, adminUrl: target.adminUrl, rows: [{ who: OWNER_ROLE, n: 3 }] })
  })

  test('that fails is named, with what the database said', async () => {
    expect(
      await failureOf({
        run: async function fillOrders({ query }) {
          await query('CREATE TABLE a (x int PRIMARY KEY); INSERT INTO a VALUES (1), (1)')
        },
      }),
    ).toBe(`The function fillOrders failed: duplicate key value violates unique constraint "a_pkey" (23505)
    Key (x)=(1) already exists. [ERR_HOTBED_MIGRATION]`)
  })

  test('may throw what is no error', async () => {
    expect(
      await failureOf({
        run: async () => {
          // oxlint-disable-next-line typescript/only-throw-error
          throw 'just text'
        },
      }),
    ).toBe('The function run failed: just text [ERR_HOTBED_MIGRATION]')
  })
})

describe('a command', () => {
  const script = `
    const { default: pg } = await import(process.env.PG)
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
    await client.connect()
    await client.query('CREATE TABLE made AS SELECT current_user::text AS who, $1::text AS word', [process.env.WORD])
    await client.end()`
  const env = { PG: import.meta.resolve('pg'), WORD: "it's" }

  test('is given the URL in DATABASE_URL, and its own variables', async () => {
    const cwd = makeFolder({
      'migrate.mjs': script.replace(
        "'CREATE TABLE made AS SELECT current_user::text AS who, $1::text AS word', [process.env.WORD]",
        '`CREATE TABLE made AS SELECT current_user::text AS who, ${pg.escapeLiteral(process.env.WORD)} AS word`',
      ),
    })
    await runStep({ command: 'node migrate.mjs', cwd, env }, target)
    expect((await client.query('SELECT * FROM made')).rows).toEqual([{ who: OWNER_ROLE, word: "it's" }])
  })

  test('can have the URL in another variable', async () => {
    const cwd = makeFolder({})
    await runStep({ command: 'printf "%s" "$PRISMA_URL" > url', cwd, urlVariable: 'PRISMA_URL' }, target)
    const { readFileSync } = await import('node:fs')
    expect(readFileSync(join(cwd, 'url'), 'utf8')).toBe(target.url)
  })

  test('finds the programs of its packages', async () => {
    const cwd = makeFolder({ 'node_modules/.bin/tool': '#!/bin/sh\necho "$1" > said\n' })
    const { chmodSync, readFileSync } = await import('node:fs')
    chmodSync(join(cwd, 'node_modules/.bin/tool'), 0o755)
    await runStep({ command: 'tool hello', cwd }, target)
    expect(readFileSync(join(cwd, 'said'), 'utf8')).toBe('hello\n')
  })

  test('that fails says where it ran and what it printed last', async () => {
    const cwd = makeFolder({})
    writeFileSync(join(cwd, 'fail.sh'), 'echo one; echo "two is wrong" >&2; exit 3')
    expect(await failureOf({ command: 'sh fail.sh', cwd }, cwd))
      .toBe(`The command 'sh fail.sh' failed in DIR, with the template's URL in DATABASE_URL. [ERR_HOTBED_MIGRATION]
  Last lines of its log:
    one
    two is wrong`)
  })

  test('that takes too long is stopped', async () => {
    const cwd = makeFolder({})
    const error: unknown = await runStep({ command: 'echo waiting; sleep 1000', cwd, timeoutMs: 300 }, target).catch(
      (failure: unknown) => failure,
    )
    expect(error).toMatchObject({
      code: 'ERR_HOTBED_MIGRATION',
      log: ['waiting'],
      cause: { message: expect.stringContaining(`did not end within 300 ms and was stopped`) },
    })
  })
})

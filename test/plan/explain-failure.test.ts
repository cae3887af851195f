import { expect, test } from 'vitest'
import { explain, type ExplainOptions } from '../../src/plan/explain.js'
import type { ExplainableStatement } from '../../src/plan/statement.js'
import { describeEachPostgres, SHOP } from './with-postgres.js'

const RECENT = 'SELECT id, total FROM orders WHERE user_id = $1 ORDER BY created_at DESC LIMIT 20'

await describeEachPostgres(SHOP, (database) => {
  const run = (statement: ExplainableStatement, params?: readonly unknown[], options?: ExplainOptions) =>
    explain(database().sql, statement, params, options)
  const failure = (...args: Parameters<typeof run>): Promise<string> =>
    run(...args).then(
      () => 'no error',
      (error: Error) => error.message,
    )

  test('a syntax error is shown in its place', async () => {
    expect(await failure('SELECT *\n  FORM orders')).toBe(
      [
        'PostgreSQL refused the statement: syntax error at or near "FORM" (SQLSTATE 42601).',
        '  SELECT *',
        '    FORM orders',
        '    ^ [ERR_HOTBED_PLAN]',
      ].join('\n'),
    )
  })

  test('an unknown column is shown in its place, behind characters of several bytes too, and in a generic plan', async () => {
    const lines = ['PostgreSQL refused the statement: column "totl" does not exist (SQLSTATE 42703).', "  SELECT '€🙂', totl FROM orders"]
    for (const generic of [false, true]) {
      const message = await failure("SELECT '€🙂', totl FROM orders", [], { generic, analyze: false })
      expect(message.split('\n').slice(0, 2)).toEqual(lines)
      expect(message.split('\n')[2]?.replace(' [ERR_HOTBED_PLAN]', '')).toBe(`  ${' '.repeat("SELECT '€🙂', ".length)}^`)
    }
  })

  test('the error of the server is kept as the cause', async () => {
    await expect(run('SELECT 1/0')).rejects.toMatchObject({ code: 'ERR_HOTBED_PLAN', cause: { code: '22012' } })
  })

  test('several statements are refused before any of them runs', async () => {
    expect(await failure('SELECT 1; DROP TABLE orders')).toBe(
      [
        'Only one statement can be explained at a time, and here a second one begins:',
        '  SELECT 1; DROP TABLE orders',
        '            ^ [ERR_HOTBED_PLAN]',
        '  → Explain each statement by itself.',
      ].join('\n'),
    )
  })

  test.each([
    [
      'DROP TABLE orders',
      'DROP has no plan. [ERR_HOTBED_PLAN]\n  → PostgreSQL plans SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, WITH, TABLE.',
    ],
    [
      'EXPLAIN SELECT 1',
      'EXPLAIN has no plan. [ERR_HOTBED_PLAN]\n  → Pass the statement without EXPLAIN: options go into the third argument, such as { analyze: false }.',
    ],
    [
      ' -- nothing',
      'The text holds no statement. [ERR_HOTBED_PLAN]\n  → PostgreSQL plans SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, WITH, TABLE.',
    ],
  ])('%s is refused', async (statement, message) => {
    expect(await failure(statement)).toBe(message)
  })

  test('values that do not fit the parameters are refused', async () => {
    expect(await failure(RECENT)).toBe(
      `The statement has 1 parameter, and no values were given.\n  ${RECENT} [ERR_HOTBED_PLAN]\n  → Give a value for $1.`,
    )
    expect(await failure(RECENT, [1, 2])).toContain('The statement has 1 parameter, and 2 values were given.')
    expect(await failure('SELECT $1::int + $2', [1])).toContain('→ Give a value for each of $1 … $2.')
  })

  test('a value that is undefined is no NULL', async () => {
    expect(await failure(RECENT, [undefined])).toBe(
      `The value of $1 is undefined.\n  ${RECENT} [ERR_HOTBED_PLAN]\n  → Write null where NULL is meant: a comparison with it finds nothing, and the plan would be that of a statement without work.`,
    )
    expect((await run(RECENT, [null])).root.actual?.rows).toBe(0)
  })

  test('before 16 a generic plan needs values, and says so', async () => {
    const version = Number((await database().sql.query('SHOW server_version_num')).rows[0]?.['server_version_num'])
    const message = await failure(RECENT, undefined, { generic: true, analyze: false })
    expect(message.split('\n')[0]).toBe(version < 160_000 ? 'The statement has 1 parameter, and no values were given.' : 'no error')
  })

  test('a connection that ends is told as such', async () => {
    const { sql, server } = database()
    const { connectSql } = await import('../../src/databases/sql-client.js')
    const other = await connectSql({ host: server.files.socketDirectory, port: server.port, user: 'postgres', database: 'postgres' })
    const { rows } = await other.query('SELECT pg_backend_pid() AS pid')
    const end = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND query LIKE 'EXPLAIN%' AND pg_terminate_backend(pid)"
    const ending = (async () => {
      for (;;) if (Number((await sql.query(end, [rows[0]?.['pid']])).rows[0]?.['count']) > 0) return
    })()
    const error: unknown = await explain(other, 'SELECT pg_sleep(20)').catch((failed: unknown) => failed)
    await ending
    await other.close()
    expect((error as Error).message).toBe(
      [
        'The connection ended before there was a plan: terminating connection due to administrator command.',
        '  SELECT pg_sleep(20) [ERR_HOTBED_PLAN]',
        '  → Look for what ends sessions meanwhile: pg_terminate_backend, a reset, or the end of the suite.',
      ].join('\n'),
    )
  })

  test('a statement that waits for a lock has a deadline, and the session can be used again', async () => {
    const { sql, server } = database()
    const { connectSql } = await import('../../src/databases/sql-client.js')
    const other = await connectSql({ host: server.files.socketDirectory, port: server.port, user: 'postgres', database: 'postgres' })
    await other.query('BEGIN; LOCK TABLE countries')
    const message = await failure("UPDATE countries SET code = 'es'", [], { timeoutMs: 50 })
    await other.close()
    expect(message.split('\n')[0]).toBe('The statement did not end within 50 ms: canceling statement due to statement timeout.')
    expect((await sql.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  test('wrong options are refused with what was meant', async () => {
    expect(await failure('SELECT 1', [], { analyse: true } as ExplainOptions)).toBe(
      "explain() has no option 'analyse'. [ERR_HOTBED_OPTION]\n  → Did you mean 'analyze'?",
    )
    expect(await failure('SELECT 1', [], { timeoutMs: 0 })).toContain(
      "Option 'timeoutMs' must be a whole number of milliseconds above 0, but is 0.",
    )
    expect(await failure(7 as unknown as string)).toContain("Option 'statement' must be SQL text")
    expect(await failure('SELECT 1', [], { settings: { enable_sekscan: true } })).toBe(
      [
        'Option \'settings\' holds what PostgreSQL refuses: unrecognized configuration parameter "enable_sekscan". [ERR_HOTBED_OPTION]',
        "  → Give settings as SET takes them: { work_mem: '1MB', enable_seqscan: false }.",
      ].join('\n'),
    )
    expect(await failure('SELECT 1', [], { settings: { work_mem: 'much' } })).toContain(
      'invalid value for parameter "work_mem": "much". [ERR_HOTBED_OPTION]',
    )
  })
})

import { expect, test } from 'vitest'
import { config, useConsumer } from './consumer.js'

const consumer = useConsumer()
const MIGRATIONS = {
  'migrations/1.sql': `
    CREATE TABLE o (id int PRIMARY KEY, customer_id int NOT NULL, status text NOT NULL);
    INSERT INTO o SELECT i, i % 5000, 'done' FROM generate_series(1, 50000) i;`,
}

const CHECK = `
import { describe, expect, test } from 'hotbed/vitest'
const sql = 'SELECT * FROM o WHERE customer_id = $1'
test('one plan', async ({ postgres }) => {
  expect(await postgres.explain(sql, [77])).not.toSeqScan('o')
})
test('of a caught error nothing is said', async ({ postgres }) => {
  const plan = await postgres.explain(sql, [77])
  expect(() => expect(plan).not.toSeqScan('o')).toThrow('end to end')
  expect('another').toBe('error')
})
test('what no index helps', async ({ postgres }) => {
  expect(await postgres.explain('SELECT * FROM o WHERE customer_id > 100')).not.toSeqScan('o')
})
test('what asks for no less work', async ({ postgres }) => {
  expect(await postgres.explain('SELECT * FROM o WHERE id = 5')).toSeqScan('o')
})
test('smells', async ({ postgres }) => {
  expect(await postgres.explain(sql, [79])).not.toHaveSmells({ only: ['missing-index'] })
})
test('soft', async ({ postgres }) => {
  expect.soft(await postgres.explain(sql, [78])).not.toSeqScan('o')
  expect.soft(1).toBe(2)
  expect.soft(await postgres.explain(sql, [80])).toReadAtMostBuffers(20)
  expect.soft(await postgres.explain(sql, [81])).toExamineAtMostRows({ perRowReturned: 10 })
})
`

/** What the report says of one test, without colours, code frames and places. */
function reported(output: string, title: string): string {
  const block = output.split(/^ FAIL {2}/m).find((part) => part.startsWith(`a.check.ts > ${title}\n`)) ?? ''
  return block
    .replace(/^ ❯ [^]*/m, '')
    .trimEnd()
    .replaceAll(/ +$/gm, '')
}

test('a failed expectation says which index would help, and what it costs', async () => {
  const project = consumer.project({
    'vitest.config.ts': config("{ postgres: { migrations: './migrations' }, proveFixes: { timeoutMs: 60_000 } }"),
    ...MIGRATIONS,
    'a.check.ts': CHECK,
  })

  const { output, status } = await project.run()

  expect(status).toBe(1)
  expect(reported(output, 'one plan')).toMatchInlineSnapshot(`
    "a.check.ts > one plan
    Error: The plan reads o from end to end, by a Seq Scan.
      SELECT * FROM o WHERE customer_id = $1
      $1 = 77

      ✗ Seq Scan on o  rows 10  removed 49,990  buffers 271
            Filter: (customer_id = 77)

      Tried for you (really built in a throw-away clone of the template):
        CREATE INDEX ON o (customer_id);
        271 → 12 buffers   Bitmap Heap Scan ← Bitmap Index Scan on o_customer_id_idx
        It costs 492 kB, and 2 more buffers for each INSERT."
  `)
  for (const [title, message] of [
    ['of a caught error nothing is said', "expected 'another' to be 'error'"],
    ['what asks for no less work', 'The plan reads o without a Seq Scan.'],
  ] as const) {
    expect(reported(output, title)).toContain(message)
    expect(reported(output, title)).not.toContain('INDEX')
  }
  expect(reported(output, 'what no index helps')).toContain('  No index is proposed: one was built, and the planner did not use it.')
  expect(reported(output, 'smells')).toContain('CREATE INDEX ON o (customer_id);')
  expect(output.split('CREATE INDEX ON o (customer_id);').length - 1).toBe(5)
  expect(project.leftovers()).toEqual([])
})

test('a plan of a recording is proved as well; with proveFixes: false nothing is', async () => {
  const check = {
    'a.check.ts': `
import pg from 'pg'
import { expect, test } from 'hotbed/vitest'
test('a statement', async ({ suite }) => {
  const pool = new pg.Pool({ connectionString: suite.postgres.url })
  const run = await suite.record(() => pool.query('SELECT * FROM o WHERE customer_id = $1', [77]))
  await pool.end()
  expect(run.statements[0].plan).not.toSeqScan('o')
})`,
  }
  for (const proveFixes of ['{ timeoutMs: 60_000 }', 'false']) {
    const options = `{ postgres: { migrations: './migrations' }, proveFixes: ${proveFixes} }`
    const project = consumer.project({ 'vitest.config.ts': config(options), ...MIGRATIONS, ...check })

    const { output } = await project.run()

    expect(output).toContain('by a Seq Scan')
    expect(output.includes('CREATE INDEX ON o (customer_id);')).toBe(proveFixes !== 'false')
  }
})

import pg from 'pg'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startSuite, type Suite } from '../../../src/index.js'
import { toHaveSmells } from '../../../src/matchers/plan/to-have-smells.js'
import type { SmellsOptions } from '../../../src/matchers/plan/smell-options.js'
import { explain } from '../../../src/plan/explain.js'
import type { Plan } from '../../../src/plan/plan.js'
import { expect } from '../../../src/vitest/index.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'

function judge(received: unknown, options?: SmellsOptions, isNot = true): string {
  const { pass, message } = toHaveSmells.call({ isNot }, received, options)
  return `${pass ? 'pass' : 'fail'}: ${message().replaceAll(/(buffers|spilled|through) [\d,]+/g, '$1 n')}`
}

function refusal(received: unknown, options?: unknown): string {
  try {
    return `no error, but pass: ${toHaveSmells.call({}, received, options as SmellsOptions).pass}`
  } catch (error) {
    return (error as Error).message
  }
}

const MISSING = 'SELECT *\nFROM orders\nWHERE total = $1'
const DEEP = 'SELECT * FROM orders ORDER BY id LIMIT 10 OFFSET 20000'
const BOTH = 'SELECT * FROM orders WHERE user_id % 2 = 0 ORDER BY total DESC LIMIT 5 OFFSET 20000'

await describeEachPostgres(SHOP, (database) => {
  const run = (sql: string, params: readonly unknown[] = [], settings = {}): Promise<Plan> =>
    explain(database().sql, sql, params, { settings })

  test('a smell is shown under .not with what was found, the remedy, its page and the way there', async () => {
    expect(judge(await run(MISSING, [77]))).toMatchInlineSnapshot(`
      "pass: The plan smells: missing-index.
        SELECT *
        FROM orders
        WHERE total = $1
        $1 = 77

      missing-index  (docs/smells/missing-index.md)
        reads 50,000 rows of orders to return 1
        → CREATE INDEX ON orders (total)
          ✗ Seq Scan on orders  rows 1  removed 49,999  buffers n
                Filter: (total = '77'::numeric)

      Accept one with its reason: { except: { 'missing-index': 'why' } }"
    `)
  })

  test('several smells are listed by their id, most work first', async () => {
    expect(judge(await run(BOTH, [], { work_mem: '64kB' }), { only: ['row-misestimate', 'sort-spill', 'deep-offset'] }))
      .toMatchInlineSnapshot(`
      "pass: The plan smells: deep-offset, sort-spill, row-misestimate.
        SELECT * FROM orders WHERE user_id % 2 = 0 ORDER BY total DESC LIMIT 5 OFFSET 20000

      deep-offset  (docs/smells/deep-offset.md)
        computes 20,005 rows and skips 20,000 of them to return 5
        → Keyset pagination: WHERE total < $1, the values of the last row shown, ORDER BY total DESC, instead of OFFSET
          ✗ Limit  rows 5  buffers n
              … 2 more nodes

      sort-spill  (docs/smells/sort-spill.md)
        sorts 25,000 rows through n kB of temporary files
        → SET work_mem = '4MB'
            Limit  rows 5  buffers n
          ✗   Sort  rows 20,005  buffers n  spilled n
                  Sort Key: total DESC
                … 1 more node

      row-misestimate  (docs/smells/row-misestimate.md)
        expects 250 rows of orders and 25,000 came, 100 times more
        → CREATE STATISTICS on the expression that is compared, ((user_id % 2) = 0), then ANALYZE orders

      Accept one with its reason: { except: { 'deep-offset': 'why' } }"
    `)
  })

  test('nodes with one remedy, such as partitions, are told together', async () => {
    const text = judge(await run('SELECT * FROM events WHERE id = 7', [], { enable_indexscan: false, enable_bitmapscan: false }))
    expect(text).toMatchInlineSnapshot(`
      "pass: The plan smells: missing-index.
        SELECT * FROM events WHERE id = 7

      missing-index  (docs/smells/missing-index.md)
        reads 10,584 rows of events to return 1, and 1 more node does the like
        → RESET enable_bitmapscan, enable_indexscan: events_pkey (id, at) is there and was not used
            Append  rows 1  buffers n
          ✗   Seq Scan on events_2023 events_1  rows 1  removed 10,583  buffers n
                  Filter: (events_1.id = 7)
              … 1 more node

      Accept one with its reason: { except: { 'missing-index': 'why' } }"
    `)
  })

  test('no smell is told when one was expected', async () => {
    const plan = await run('SELECT * FROM orders WHERE id = 7')
    expect(judge(plan, {}, false)).toMatchInlineSnapshot(`
      "fail: The plan has no smell.
        SELECT * FROM orders WHERE id = 7"
    `)
    expect(judge(plan)).toMatch(/^fail: /)
    expect(judge(await run(DEEP), { only: ['missing-index', 'sort-spill'] })).toMatchInlineSnapshot(`
      "fail: The plan has no smell of missing-index, sort-spill.
        SELECT * FROM orders ORDER BY id LIMIT 10 OFFSET 20000"
    `)
  })

  test('an exemption takes its smell away, everywhere or in the statements it names', async () => {
    const plan = await run(DEEP)
    expect(judge(plan)).toMatch(/^pass: The plan smells: deep-offset\./)
    expect(judge(plan, { except: { 'deep-offset': 'admin page, 3 pages at most' } })).toMatchInlineSnapshot(`
      "fail: The plan has no smell but those exempted.
        SELECT * FROM orders ORDER BY id LIMIT 10 OFFSET 20000"
    `)
    expect(judge(plan, { except: [{ smell: 'deep-offset', statement: /from ORDERS/i, reason: 'admin page' }] })).toMatch(/^fail: /)
    expect(judge(plan, { except: [{ smell: 'deep-offset', statement: 'select * from orders', reason: 'admin page' }] })).toMatch(/^fail: /)
    expect(judge(plan, { except: [{ smell: 'deep-offset', statement: /from audit/i, reason: 'admin page' }] })).toMatchInlineSnapshot(`
      "pass: The plan smells: deep-offset.
        SELECT * FROM orders ORDER BY id LIMIT 10 OFFSET 20000

      deep-offset  (docs/smells/deep-offset.md)
        computes 20,010 rows and skips 20,000 of them to return 10
        → Keyset pagination: WHERE id > $1, the values of the last row shown, ORDER BY id, instead of OFFSET
          ✗ Limit  rows 10  buffers n
              … 1 more node

      This exemption exempted nothing and can be removed: deep-offset in /from audit/i: admin page"
    `)
  })

  test('an exemption that exempted nothing fails in both directions', async () => {
    const clean = await run('SELECT * FROM orders WHERE id = 7')
    const except = { 'deep-offset': 'admin page, 3 pages at most' }
    expect(judge(clean, { except })).toMatchInlineSnapshot(`
      "pass: The plan has no smell.
        SELECT * FROM orders WHERE id = 7
      This exemption exempted nothing and can be removed: deep-offset: admin page, 3 pages at most"
    `)
    expect(judge(clean, { except }, false)).toMatch(/^fail: .*\n.*\nThis exemption exempted nothing/)
    expect(judge(await run(MISSING, [77]), { except }, false)).toMatch(/^fail: [^]*This exemption exempted nothing/)
    expect(judge(await run(DEEP), { except, only: ['missing-index'] })).toMatch(/^pass: [^]*This exemption exempted nothing/)
  })

  test('expect takes it, with and without .not', async () => {
    const plan = await run(MISSING, [77])
    const clean = await run('SELECT * FROM orders WHERE id = 7')
    expect(clean).not.toHaveSmells()
    expect(plan).toHaveSmells({ only: ['missing-index'] })
    expect(plan).not.toHaveSmells({ except: { 'missing-index': 'asked once a year' } })
    expect(() => expect(plan).not.toHaveSmells()).toThrow('The plan smells: missing-index.')
    expect(() => expect(clean).toHaveSmells()).toThrow('The plan has no smell.')
    expect(() => expect(clean).not.toHaveSmells({ except: { 'missing-index': 'asked once a year' } })).toThrow(
      'This exemption exempted nothing and can be removed: missing-index: asked once a year',
    )
  })

  test('options that mean nothing are refused', async () => {
    const plan = await run('SELECT 1')
    expect(refusal(plan, { only: ['missing-indx'] })).toBe(
      "Option 'only' names the smell 'missing-indx', which does not exist. [ERR_HOTBED_OPTION]\n  → Did you mean 'missing-index'?",
    )
    expect(refusal(plan, { except: { 'deep-ofset': 'because' } })).toContain("Did you mean 'deep-offset'?")
    expect(refusal(plan, { except: { 'deep-offset': ' ' } })).toBe(
      "The exemption of deep-offset has no reason. [ERR_HOTBED_OPTION]\n  → Say why it is accepted: except: { 'deep-offset': 'admin page, 3 pages at most' }",
    )
    expect(refusal(plan, { except: ['deep-offset'] })).toContain("Option 'except' must be a list of { smell, statement, reason }")
    expect(refusal(plan, { except: [{ smell: 'deep-offset', for: 'x', reason: 'y' }] })).toContain("has no option 'for'")
    expect(refusal(plan, { except: [{ smell: 'deep-offset', statement: /./, reason: 'y' }] })).toContain('is met by every statement')
    expect(refusal(plan, { only: [] })).toContain("Option 'only' must be a list of ids")
    expect(refusal(plan, { onyl: ['missing-index'] })).toContain("Did you mean 'only'?")
    expect(refusal('SELECT 1')).toContain('toHaveSmells judges a plan, a statement or a recording, and was given the text "SELECT 1".')
  })
})

describe('a recording', () => {
  let suite: Suite<{ postgres: {} }>
  let pool: pg.Pool

  beforeAll(async () => {
    suite = await startSuite({ postgres: {} })
    pool = new pg.Pool({ connectionString: suite.postgres.url, max: 1 })
    await suite.postgres.query(SHOP)
    await suite.postgres.query('CREATE TABLE audit (id int PRIMARY KEY, user_id int NOT NULL)')
    await suite.postgres.query('INSERT INTO audit SELECT i, i % 5000 FROM generate_series(1, 20000) i')
    await suite.postgres.query(
      `CREATE FUNCTION seen(int) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM audit WHERE user_id = $1); END'`,
    )
    await suite.postgres.query('ANALYZE')
  })
  afterAll(async () => {
    await pool.end()
    await suite.dispose()
  })

  test('lists the smells of all statements and of what ran within them, executions of one statement together', async () => {
    const recording = await suite.record(async () => {
      for (const total of [5, 6, 7]) await pool.query(MISSING, [total])
      await pool.query('SELECT * FROM orders WHERE id = 7')
      await pool.query('SELECT seen(7)')
      await pool.query(DEEP)
    })
    expect(judge(recording, { only: ['missing-index', 'deep-offset'] })).toMatchInlineSnapshot(`
      "pass: Of 7 plans, 5 smell: missing-index (2), deep-offset.

      missing-index  (docs/smells/missing-index.md)
        reads 50,000 rows of orders to return 1, the worst of 3 executions
        → CREATE INDEX ON orders (total)
          SELECT *
          FROM orders
          WHERE total = $1
          $1 = '5'
          ✗ Seq Scan on orders  rows 1  removed 49,999  buffers n
                Filter: (total = '5'::numeric)
        reads 20,000 rows of audit to return 4
        → CREATE INDEX ON audit (user_id)
          (SELECT count(*) FROM audit WHERE user_id = $1)  (within SELECT seen(7))

      deep-offset  (docs/smells/deep-offset.md)
        computes 20,010 rows and skips 20,000 of them to return 10
        → Keyset pagination: WHERE id > $1, the values of the last row shown, ORDER BY id, instead of OFFSET
          SELECT * FROM orders ORDER BY id LIMIT 10 OFFSET 20000
          ✗ Limit  rows 10  buffers n
              … 1 more node

      Accept one with its reason: { except: { 'missing-index': 'why' } }"
    `)
    expect(judge(recording.statements[0])).toMatch(/^pass: The statement smells: missing-index\.\n/)
    expect(judge(recording.statements[3])).toMatch(/^fail: The statement has no smell\./)
    expect(judge(recording.filter('SELECT seen'), { except: [{ smell: 'missing-index', statement: /seen/, reason: 'rare' }] })).toMatch(
      /^fail: /,
    )
    expect(
      judge(recording.filter('SELECT seen'), { except: [{ smell: 'missing-index', statement: /FROM audit/, reason: 'rare' }] }),
    ).toMatch(/^fail: Of 2 plans, none has a smell but those exempted/)
  })
})

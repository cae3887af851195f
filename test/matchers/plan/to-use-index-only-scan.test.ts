import { beforeAll, expect, test } from 'vitest'
import { toUseIndexOnlyScan } from '../../../src/matchers/plan/to-use-index-only-scan.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'
import { explainOn, mask, refusal } from './on-postgres.js'

const COVERED = 'SELECT user_id, created_at FROM orders WHERE user_id = 3'
/** A bitmap would read the table. */
const OPTIONS = { settings: { enable_bitmapscan: false } }
const SCRATCH = `
  CREATE TABLE scratch (id int PRIMARY KEY, a int);
  INSERT INTO scratch SELECT i, i % 100 FROM generate_series(1, 5000) i;
  CREATE INDEX scratch_a_idx ON scratch (a);
`

await describeEachPostgres(SHOP + SCRATCH, (database) => {
  const run = explainOn(database)
  const vacuum = async (table: string): Promise<void> => {
    await database().sql.query('CHECKPOINT')
    await database().sql.query(`VACUUM (ANALYZE) ${table}`)
  }
  beforeAll(() => vacuum('orders'))

  test('a covered statement is answered from the index alone', async () => {
    const plan = await run(COVERED, [], OPTIONS)
    expect(toUseIndexOnlyScan(plan).pass).toBe(true)
    expect(toUseIndexOnlyScan(plan, 'orders_user_id_created_at_idx').pass).toBe(true)
    expect(toUseIndexOnlyScan(plan, { table: 'orders', columns: ['user_id'] }).pass).toBe(true)
    expect(toUseIndexOnlyScan(plan, 'orders_pkey').pass).toBe(false)
    expect(mask(toUseIndexOnlyScan(plan).message())).toMatchInlineSnapshot(`
      "The plan answers from an index alone, by an Index Only Scan.
        SELECT user_id, created_at FROM orders WHERE user_id = 3

        ✗ Index Only Scan using orders_user_id_created_at_idx on orders  rows 100  buffers n
              Index Cond: (user_id = 3)"
    `)
  })

  test('a column that the index lacks is named, with the index that has it', async () => {
    const verdict = toUseIndexOnlyScan(await run('SELECT created_at, total FROM orders WHERE user_id = 3 ORDER BY created_at LIMIT 3'))
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "The plan does not answer from an index alone.
        SELECT created_at, total FROM orders WHERE user_id = 3 ORDER BY created_at LIMIT 3

          Limit  rows 3  buffers n
        ✗   Index Scan Backward using orders_user_id_created_at_idx on orders  rows 3  buffers n
                Index Cond: (user_id = 3)

        orders_user_id_created_at_idx (user_id, created_at DESC) lacks total.
        To have all of it in the index: CREATE INDEX ON orders (user_id, created_at DESC) INCLUDE (total);"
    `)
  })

  test('rows that were written since the last VACUUM are visited, and the scan does not count', async () => {
    await vacuum('scratch')
    expect(toUseIndexOnlyScan(await run('SELECT a FROM scratch WHERE a = 7', [], OPTIONS), 'scratch_a_idx').pass).toBe(true)
    await database().sql.query('UPDATE scratch SET a = a WHERE id = 7')
    const verdict = toUseIndexOnlyScan(await run('SELECT a FROM scratch WHERE a = 7', [], OPTIONS), 'scratch_a_idx')
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message()).replaceAll(/\d+ Heap Fetches/g, 'n Heap Fetches')).toMatchInlineSnapshot(`
      "The Index Only Scan visited the table all the same: n Heap Fetches for 50 rows.
        SELECT a FROM scratch WHERE a = 7

        ✗ Index Only Scan using scratch_a_idx on scratch  rows 50  buffers n
              Index Cond: (a = 7)
        Pages that were written to since the last VACUUM are visited. After filling the table:
          CHECKPOINT; VACUUM scratch;   (each by itself)"
    `)
    await vacuum('scratch')
    expect(toUseIndexOnlyScan(await run('SELECT a FROM scratch WHERE a = 7', [], OPTIONS), 'scratch_a_idx').pass).toBe(true)
  })

  test('an index that does not exist is refused', async () => {
    const plan = await run(COVERED, [], OPTIONS)
    expect(refusal(() => toUseIndexOnlyScan(plan, 'orders_user_id_idx'))).toContain("There is no index 'orders_user_id_idx'")
    expect(refusal(() => toUseIndexOnlyScan(plan, ''))).toContain("Option 'index' must be an index's name, or { table, columns }")
  })
})

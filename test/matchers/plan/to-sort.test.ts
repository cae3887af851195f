import { expect, test } from 'vitest'
import { toSort } from '../../../src/matchers/plan/to-sort.js'
import { describeEachPostgres, SHOP } from '../../plan/with-postgres.js'
import { explainOn, mask, refusal } from './on-postgres.js'

await describeEachPostgres(SHOP, (database) => {
  const run = explainOn(database)

  test('a sort for the first rows is named as such, with all the rows that it looked at', async () => {
    const verdict = toSort(await run('SELECT id FROM orders ORDER BY total DESC LIMIT 5'))
    expect(verdict.pass).toBe(true)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "The plan sorts 50,000 rows: Sort by total DESC (top-N heapsort).
        SELECT id FROM orders ORDER BY total DESC LIMIT 5

          Limit  rows 5  buffers n
        ✗   Sort  rows 5  buffers n
                Sort Key: total DESC
              … 1 more node
        An index on the columns compared with =, then those of the sort key in its directions, gives the rows in order."
    `)
  })

  test('an Incremental Sort is a sort, with what was sorted before', async () => {
    const verdict = toSort(await run('SELECT id FROM orders ORDER BY created_at, total LIMIT 5'))
    expect(verdict.pass).toBe(true)
    expect(verdict.message()).toContain('Incremental Sort by created_at, total, presorted by created_at')
    expect(verdict.message()).toContain('  An index that goes on with the rest of the sort key gives the rows in order.')
  })

  test('the order of an index is no sort', async () => {
    const verdict = toSort(await run('SELECT id FROM orders WHERE user_id = 3 ORDER BY created_at DESC LIMIT 5'))
    expect(verdict.pass).toBe(false)
    expect(mask(verdict.message())).toMatchInlineSnapshot(`
      "The plan has no Sort.
        SELECT id FROM orders WHERE user_id = 3 ORDER BY created_at DESC LIMIT 5

        ✗ Limit  rows 5  buffers n
            … 1 more node"
    `)
  })

  test('sorts of a few rows can be left out', async () => {
    const plan = await run('SELECT id FROM orders WHERE user_id = 3 ORDER BY total')
    expect(toSort(plan, { ofMoreRowsThan: 99 }).pass).toBe(true)
    expect(toSort(plan, { ofMoreRowsThan: 100 }).pass).toBe(false)
    expect(toSort(plan, { ofMoreRowsThan: 100 }).message().split('\n')[0]).toBe('The plan has no Sort of more than 100 rows.')
  })

  test('a plan that was only estimated is judged', async () => {
    const plan = await run('SELECT id FROM orders ORDER BY total', [], { analyze: false })
    expect(toSort(plan).message().split('\n')[0]).toBe('The plan sorts 50,000 rows: Sort by total.')
  })

  test.each<[unknown, string]>([
    [5, "Option 'options' must be { ofMoreRowsThan }, but is 5."],
    [{ moreThan: 5 }, "toSort() has no option 'moreThan'."],
    [{ ofMoreRowsThan: '5' }, `Option 'ofMoreRowsThan' must be a number of rows from 0 on, but is "5".`],
  ])('the options %j are refused', async (options, message) => {
    const plan = await run('SELECT code FROM countries')
    expect(refusal(() => toSort(plan, options as object))).toContain(message)
  })
})

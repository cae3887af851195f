import { expect, test } from 'vitest'
import { measureGrowth } from '../../../src/plan-verbs/measure-growth.js'
import { toGrowAtMost, type GrowthBounds } from '../../../src/matchers/plan/to-grow-at-most.js'
import type { GrowthLaw } from '../../../src/plan/growth/fit.js'
import type { WorkGrowth } from '../../../src/plan/growth/work-growth.js'
import { explain } from '../../../src/plan/explain.js'
import { NOTE_SIZES, NOTES, seedNotes } from '../../plan/growing-notes.js'
import { describeEachPostgres } from '../../plan/with-postgres.js'

await describeEachPostgres(NOTES, (database) => {
  const grow = (sql: string, value: (size: number) => number): Promise<WorkGrowth> =>
    measureGrowth(
      {
        seed: (size) => seedNotes(database().sql, size),
        act: (size) => explain(database().sql, sql, [value(size)]),
      },
      NOTE_SIZES,
    )

  test('a missing index is shown with its counts, its plan at the largest size and what to do', async () => {
    const growth = await grow('SELECT text FROM notes WHERE score = $1 LIMIT 1', () => -1)
    const verdict = toGrowAtMost(growth, 'O(log n)')
    expect(verdict.pass).toBe(false)
    expect(verdict.message()).toMatchInlineSnapshot(`
      "The work grows faster than O(log n): buffers as O(n), rows examined as O(n).
        n              500  4,000  32,000
        buffers          7     54     427   grows as n^0.99 (r² 1.00) → O(n)
        rows examined  500  4,000  32,000   grows as n^1.00 (r² 1.00) → O(n)

        SELECT text FROM notes WHERE score = $1 LIMIT 1
        at n = 32,000:
          Limit  rows 0  buffers 427
        ✗   Seq Scan on notes  rows 0  removed 32,000  buffers 427
                Filter: (score = '-1'::integer)
        Most rows are read and thrown away: an index on the columns of the Filter reads only those that are asked for."
    `)
    expect(toGrowAtMost(growth, 'O(n)').pass).toBe(true)
    expect(toGrowAtMost(growth, 'O(n²)').pass).toBe(true)
  })

  test('a deep OFFSET is told as such', async () => {
    const verdict = toGrowAtMost(await grow('SELECT text FROM notes ORDER BY id OFFSET $1 LIMIT 10', (size) => size - 10), 'O(log n)')
    expect(verdict.pass).toBe(false)
    expect(verdict.message()).toMatchInlineSnapshot(`
      "The work grows faster than O(log n): buffers as O(n), rows examined as O(n).
        n              500  4,000  32,000
        buffers         10     66     516   grows as n^0.95 (r² 1.00) → O(n)
        rows examined  500  4,000  32,000   grows as n^1.00 (r² 1.00) → O(n)

        SELECT text FROM notes ORDER BY id OFFSET $1 LIMIT 10
        at n = 32,000:
          Limit  rows 10  buffers 516
        ✗   Index Scan using notes_pkey on notes  rows 32,000  buffers 516
        OFFSET reads the rows before the page and throws them away; continue after the last row seen (keyset pagination)."
    `)
  })

  test('a lookup by an index passes, and is shown under .not', async () => {
    const verdict = toGrowAtMost(await grow('SELECT text FROM notes WHERE id = $1', () => 77), 'O(log n)')
    expect(verdict.pass).toBe(true)
    expect(verdict.message()).toMatchInlineSnapshot(`
      "The work grows at most as O(log n).
        n              500  4,000  32,000
        buffers          3      3       3   does not grow
        rows examined    1      1       1   does not grow"
    `)
  })

  test('only the count that is named is judged', async () => {
    // The index gives the rows from memory, and all of them are looked at.
    const growth = await grow('SELECT count(*) FROM notes WHERE id <= $1', (size) => Math.round(Math.sqrt(size)))
    expect(toGrowAtMost(growth, 'O(1)', { measure: 'rowsExamined' }).pass).toBe(false)
    expect(toGrowAtMost(growth, 'O(1)', { measure: ['buffers'] }).pass).toBe(true)
  })

  test('laws and measures that are none are refused, and so is a count that is not known', async () => {
    const growth = await grow('SELECT text FROM notes WHERE id = $1', () => 77)
    expect(() => toGrowAtMost(growth, 'O(n^2)' as GrowthLaw)).toThrow(
      "Option 'law' must be one of 'O(1)', 'O(log n)', 'O(n)', 'O(n log n)', 'O(n²)', but is \"O(n^2)\".",
    )
    for (const measure of ['rows', [], ['buffers', 'time']])
      expect(() => toGrowAtMost(growth, 'O(1)', { measure } as unknown as GrowthBounds)).toThrow("Option 'measure' must be of 'buffers'")
    expect(() => toGrowAtMost(growth, 'O(1)', { measures: 'buffers' } as GrowthBounds)).toThrow("Did you mean 'measure'?")
    expect(() => toGrowAtMost(growth, 'O(1)', { measure: 'statements' })).toThrow(
      'toGrowAtMost was to judge statements, which could not be counted: act gave a plan, which is of one statement.',
    )
  })

  test('where nothing was read, nothing is judged', async () => {
    const growth = await grow('SELECT $1::int', (size) => size)
    expect(() => toGrowAtMost(growth, 'O(1)')).toThrow('at no size was anything read or sent')
  })
})

test('anything but the growth of work is refused', () => {
  expect(() => toGrowAtMost(42, 'O(1)')).toThrow('toGrowAtMost judges the growth of work, and was given 42.')
})

import { expect, test } from 'vitest'
import { btreeSize, leafCorrection } from '../../../src/plan/projection/btree-density.js'
import { findFamilies } from '../../../src/plan/projection/families.js'
import { rowsPerPage } from '../../../src/plan/projection/heap-density.js'
import { projectTable } from '../../../src/plan/projection/project-table.js'
import { readStatistics } from '../../../src/plan/projection/read-statistics.js'
import { describeEachPostgres } from '../with-postgres.js'

/** Columns with their values, as they are in a small table and in a large one. */
const SHAPES: Readonly<Record<string, readonly [columns: string, values: string]>> = {
  narrow: ['id int PRIMARY KEY', 'i'],
  aligned: ['id bigint PRIMARY KEY, flag bool, at timestamptz', "i, i % 2 = 0, '2024-01-01'::timestamptz + i * interval '1 s'"],
  texts: ['id bigint PRIMARY KEY, note text', "i, repeat('x', 10 + i % 60)"],
  nulls: ['id bigint PRIMARY KEY, a bigint, note text', "i, CASE WHEN i % 2 = 0 THEN i END, CASE WHEN i % 3 = 0 THEN 'note ' || i END"],
  wide: ['id bigint PRIMARY KEY, doc text', 'i, repeat(md5(i::text), 15)'],
  loose: ['id bigint PRIMARY KEY, n int', 'i, i'],
}
const SMALL = 1500
const LARGE = 40_000

const tables = (name: string, rows: number, [columns, values]: readonly [string, string]): string =>
  `CREATE TABLE ${name} (${columns})${name.startsWith('loose') ? ' WITH (fillfactor = 60)' : ''};
   INSERT INTO ${name} SELECT ${values} FROM generate_series(1, ${rows}) i;
   REINDEX TABLE ${name};`

const setup = Object.entries(SHAPES)
  .map(([name, shape]) => tables(`${name}_small`, SMALL, shape) + tables(`${name}_large`, LARGE, shape))
  .join('\n')

await describeEachPostgres(setup, (database) => {
  test.each(Object.keys(SHAPES))('%s rows: from a few pages, the pages of many are known to 3 per cent', async (shape) => {
    const { sql } = database()
    const [small, large] = await findFamilies(sql, [`${shape}_small`, `${shape}_large`])
    const statistics = await readStatistics(sql, [{ schema: undefined, name: `${shape}_small` }])
    const [own] = statistics
    if (small === undefined || large === undefined || own === undefined) throw new Error('The tables are not there.')
    const density = rowsPerPage({
      rows: SMALL,
      pages: small.root.pages,
      blockBytes: 8192,
      fillFactor: small.root.fillFactor ?? 100,
      columns: small.root.columns,
      statistics: own.columns,
    })
    expect(LARGE / density / large.root.pages).toBeGreaterThan(0.97)
    expect(LARGE / density / large.root.pages).toBeLessThan(1.03)
    // The whole projection, with its indexes.
    const { statistics: projected, heights } = projectTable({
      table: small.root,
      statistics: own,
      rows: { seeded: SMALL, projected: LARGE },
      blockBytes: 8192,
      rules: new Map(),
      told: [],
      parents: new Map(),
      whole: new Map(),
    })
    expect(projected.rows).toBe(LARGE)
    expect(projected.pages).toBe(Math.ceil(LARGE / density))
    const [index] = large.root.indexes
    expect((projected.indexes[0]?.pages ?? 0) / (index?.pages ?? 1)).toBeGreaterThan(0.97)
    expect((projected.indexes[0]?.pages ?? 0) / (index?.pages ?? 1)).toBeLessThan(1.03)
    expect([...heights.values()]).toEqual([1])
  })
})

test('what the pages of a table forbid is not believed of its columns', () => {
  const shape = { blockBytes: 8192, fillFactor: 100, columns: [], statistics: [] }
  // Rows of 24 bytes and a pointer: 291 in a page.
  expect(rowsPerPage({ ...shape, rows: 100, pages: 1 })).toBe(291)
  expect(rowsPerPage({ ...shape, rows: 1000, pages: 1 })).toBe(1000)
  // Ten pages for 1000 rows: no more than 111 in each of the first nine.
  expect(rowsPerPage({ ...shape, rows: 1000, pages: 10 })).toBe(111)
  expect(rowsPerPage({ ...shape, rows: 0, pages: 0 })).toBe(291)
})

test('a tree that rows were put into one by one stays as loose as it is, once that is no accident', () => {
  const shape = { rows: 100_000, blockBytes: 8192, fillFactor: null, deduplicates: true, columns: [], statistics: [], isUnique: true }
  const built = btreeSize(shape).pages
  expect(leafCorrection(shape, built)).toBeCloseTo(1, 1)
  const loose = leafCorrection(shape, Math.round(built * 1.4))
  expect(loose).toBeCloseTo(1.4, 1)
  expect(btreeSize({ ...shape, rows: 1_000_000 }, loose).pages / btreeSize({ ...shape, rows: 1_000_000 }).pages).toBeCloseTo(1.4, 1)
  const few = { ...shape, rows: 1000 }
  expect(leafCorrection(few, btreeSize(few).pages + 2)).toBe(1)
})

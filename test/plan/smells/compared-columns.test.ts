import { expect, test } from 'vitest'
import { explain } from '../../../src/plan/explain.js'
import { comparedColumns, type ComparedColumns } from '../../../src/plan/smells/compared-columns.js'
import { tableReads } from '../../../src/plan/walk.js'
import { describeEachPostgres } from '../with-postgres.js'

const SETUP = `
  CREATE TABLE things (id int, "Kind" varchar, code char(3), note text, "end" int, at timestamptz, num numeric);
  CREATE TABLE others (id int, thing int);
`

const COMPARED: readonly (readonly [string, Partial<ComparedColumns>])[] = [
  ['id = 7', { equal: ['id'] }],
  ['7 = id AND id > 5', { equal: ['id'] }],
  ['"Kind" = \'id = 7 OR note\' AND "end" >= 5', { equal: ['Kind'], range: ['end'] }],
  ["code = 'abc'", { equal: ['code'] }],
  ['note IS NULL AND num IS NOT NULL AND id IN (1, 2, 3)', { equal: ['note', 'id'], other: ['num'] }],
  ['id = 1 OR num < 2', { equal: ['id'], range: ['num'], alternative: true }],
  ["lower(note) = 'x' AND coalesce(id, 5) = 5", {}],
  ['id::numeric = 5.0', {}],
  ['id % 2 = 0 AND 5 + num > 3 AND num > id + 1', { range: ['num'] }],
  ["note LIKE 'a%' AND note <> 'b'", { other: ['note'] }],
  ["at > now() - interval '1 day' AND at < '2030-01-01'", { range: ['at'] }],
  ['NOT (id = 7)', { other: ['id'] }],
]

await describeEachPostgres(SETUP, (database) => {
  const read = async (where: string, from = 'things') => {
    const settings = { enable_hashjoin: false, enable_mergejoin: false, enable_material: false }
    const plan = await explain(database().sql, `SELECT * FROM ${from} WHERE ${where}`, [], { analyze: false, settings })
    const texts = [plan.root, ...plan.root.children].flatMap(({ conditions }) => [conditions.filter, conditions.joinFilter])
    return tableReads(plan).map((node) => comparedColumns(plan, node, texts))
  }

  test.each(COMPARED)('WHERE %s', async (where, expected) => {
    expect(await read(where)).toEqual([{ equal: [], range: [], other: [], alternative: false, ...expected }])
  })

  test('of a join each side has its own columns', async () => {
    const found = await read('t.id = o.thing AND t.num > o.id', 'things t, others o')
    expect(found).toContainEqual({ equal: ['id'], range: ['num'], other: [], alternative: false })
    expect(found).toContainEqual({ equal: ['thing'], range: [], other: [], alternative: false })
  })
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { measureGrowth, type GrowthScenario, type WorkGrowth } from '../../src/index.js'
import { toGrowAtMost } from '../../src/matchers/plan/to-grow-at-most.js'
import { openBothStores, type BothStores } from '../both-stores.js'
import { NOTE_SIZES, NOTES, seedNotes } from '../plan/growing-notes.js'

let stores: BothStores
let suite: BothStores['suite']
let pool: BothStores['pool']
let redis: BothStores['redis']

beforeAll(async () => {
  stores = await openBothStores({ max: 3 })
  ;({ suite, pool, redis } = stores)
  await suite.postgres.query(NOTES)
})
afterAll(() => stores[Symbol.asyncDispose]())

const seed = (size: number): Promise<void> => seedNotes(suite.postgres, size)
const once = (sql: string, params: readonly unknown[] = []): Promise<WorkGrowth> =>
  measureGrowth({ seed, act: () => suite.record(() => pool.query(sql, [...params])) }, NOTE_SIZES)
const countsOf = ({ fits }: WorkGrowth, name: string): readonly number[] | undefined => fits.find(({ measure }) => measure === name)?.counts
const lawOf = ({ fits }: WorkGrowth, name: string): string | undefined => fits.find(({ measure }) => measure === name)?.law

test('a missing index grows with the table in buffers and rows, and in nothing else', async () => {
  const growth = await once('SELECT text FROM notes WHERE score = $1 LIMIT 1', [-1])
  expect(growth.points.map(({ size }) => size)).toEqual(NOTE_SIZES)
  expect(countsOf(growth, 'rowsExamined')).toEqual(NOTE_SIZES)
  expect(growth.fits.map(({ measure, law }) => [measure, law])).toEqual([
    ['buffers', 'O(n)'],
    ['rowsExamined', 'O(n)'],
    ['statements', 'O(1)'],
    ['roundTrips', 'O(1)'],
    ['commands', 'O(1)'],
  ])
  expect(growth.fits[0]?.exponent).toBeCloseTo(1, 1)
  expect(growth.fits[0]?.r2).toBeCloseTo(1, 3)
  expect(String(growth)).toMatchInlineSnapshot(`
    "n              500  4,000  32,000
    buffers          7     54     427   grows as n^0.99 (r² 1.00) → O(n)
    rows examined  500  4,000  32,000   grows as n^1.00 (r² 1.00) → O(n)
    statements       1      1       1   does not grow
    round trips      1      1       1   does not grow"
  `)
})

test('a lookup by an index and a page by keyset do not grow, a deep OFFSET does', async () => {
  expect(lawOf(await once('SELECT text FROM notes WHERE user_id = $1', [7]), 'buffers')).toBe('O(1)')
  const page = (sql: string, value: (size: number) => number) =>
    measureGrowth({ seed, act: (size) => suite.postgres.explain(sql, [value(size)]) }, NOTE_SIZES)
  const keyset = await page('SELECT text FROM notes WHERE id > $1 ORDER BY id LIMIT 10', (size) => size - 10)
  const offset = await page('SELECT text FROM notes ORDER BY id OFFSET $1 LIMIT 10', (size) => size - 10)
  expect([lawOf(keyset, 'buffers'), countsOf(keyset, 'rowsExamined')]).toEqual(['O(1)', [10, 10, 10]])
  expect([lawOf(offset, 'buffers'), countsOf(offset, 'rowsExamined')]).toEqual(['O(n)', NOTE_SIZES])
  expect(offset.uncounted).toEqual({
    statements: 'act gave a plan, which is of one statement',
    roundTrips: 'act gave a plan, which is of one statement',
    commands: 'act gave a plan, which is of one statement',
  })
})

test('one statement for each of n rows grows in statements and round trips, one for all does not', async () => {
  await seed(1_000)
  const load = (act: (size: number) => Promise<unknown>) =>
    measureGrowth({ seed: () => undefined, act: (size) => suite.record(() => act(size)) }, [1, 10, 100])
  const ids = (size: number): readonly number[] => Array.from({ length: size }, (_, index) => index + 1)
  const each = await load(async (size) => {
    for (const id of ids(size)) await pool.query('SELECT text FROM notes WHERE id = $1', [id])
  })
  const together = await load((size) => pool.query('SELECT text FROM notes WHERE id = ANY($1)', [ids(size)]))
  expect([countsOf(each, 'statements'), countsOf(each, 'roundTrips')]).toEqual([
    [1, 10, 100],
    [1, 10, 100],
  ])
  expect([countsOf(together, 'statements'), countsOf(together, 'rowsExamined')]).toEqual([
    [1, 1, 1],
    [1, 10, 100],
  ])
  const verdict = toGrowAtMost(each, 'O(1)', { measure: ['statements', 'roundTrips'] })
  expect(verdict.pass).toBe(false)
  expect(verdict.message().replaceAll(/^ {2}buffers.*\n/gm, '')).toMatchInlineSnapshot(`
    "The work grows faster than O(1): statements as O(n), round trips as O(n).
      n              1  10  100
      rows examined  1  10  100   grows as n^1.00 (r² 1.00) → O(n)
      statements     1  10  100   grows as n^1.00 (r² 1.00) → O(n)
      round trips    1  10  100   grows as n^1.00 (r² 1.00) → O(n)

      select text from notes where id = ?
      executed 1× at n = 1, 100× at n = 100
      Ask once for all of them: … WHERE id = ANY($1), or a join."
  `)
  expect(toGrowAtMost(together, 'O(1)', { measure: ['statements', 'roundTrips'] }).pass).toBe(true)
})

test('commands are counted, and those of one pipeline are one round trip', async () => {
  const fetch = (act: (keys: readonly string[]) => Promise<unknown>) =>
    measureGrowth(
      {
        seed: () => undefined,
        act: (size) => suite.record(() => act(Array.from({ length: size }, (_, index) => `note:${index}`))),
      },
      [1, 4, 16],
    )
  const pipelined = await fetch((keys) => Promise.all(keys.map((key) => redis.get(key))))
  expect([countsOf(pipelined, 'commands'), countsOf(pipelined, 'roundTrips')]).toEqual([
    [1, 4, 16],
    [1, 1, 1],
  ])
  const oneByOne = await fetch(async (keys) => {
    for (const key of keys) await redis.get(key)
  })
  expect(countsOf(oneByOne, 'roundTrips')).toEqual([1, 4, 16])
  expect(toGrowAtMost(oneByOne, 'O(1)').message()).toMatchInlineSnapshot(`
    "The work grows faster than O(1): round trips as O(n), commands as O(n).
      n            1  4  16
      round trips  1  4  16   grows as n^1.00 (r² 1.00) → O(n)
      commands     1  4  16   grows as n^1.00 (r² 1.00) → O(n)

      GET
      executed 1× at n = 1, 16× at n = 16
      Ask once for all of them: MGET, a hash, or one pipeline."
  `)
})

test('what foreign keys and triggers read counts too', async () => {
  await suite.postgres.query('CREATE TABLE IF NOT EXISTS owners (id int PRIMARY KEY)')
  const growth = await measureGrowth(
    {
      seed: async (size) => {
        await suite.postgres.query('DROP TABLE IF EXISTS pets; DELETE FROM owners; INSERT INTO owners SELECT generate_series(1, 10)')
        await suite.postgres.query('CREATE TABLE pets (owner_id int NOT NULL REFERENCES owners)')
        await suite.postgres.query(`INSERT INTO pets SELECT 1 FROM generate_series(1, ${size}); ANALYZE`)
      },
      act: () => suite.record(() => pool.query('DELETE FROM owners WHERE id = 7')),
    },
    NOTE_SIZES,
  )
  expect(lawOf(growth, 'rowsExamined')).toBe('O(n)')
  expect(lawOf(growth, 'buffers')).toBe('O(n)')
  expect(countsOf(growth, 'statements')).toEqual([1, 1, 1])
})

test('without plans buffers and rows are not known, and it is said why', async () => {
  await seed(10)
  const act = () => suite.record(() => pool.query('SELECT 1'), { plans: false })
  const growth = await measureGrowth({ seed: () => undefined, act }, [1, 4, 16])
  expect(growth.fits.map(({ measure }) => measure)).toEqual(['statements', 'roundTrips', 'commands'])
  expect(growth.uncounted.buffers).toBe('at n = 1 a statement has no plan: it was recorded without plans: select ?')
  expect(() => toGrowAtMost(growth, 'O(1)', { measure: 'buffers' })).toThrow(
    'toGrowAtMost was to judge buffers, which could not be counted: at n = 1 a statement has no plan',
  )
})

test('bad input is refused, sizes before anything is seeded', async () => {
  const seeded: number[] = []
  const refused = (scenario: unknown, sizes: unknown): Promise<string> =>
    measureGrowth(scenario as GrowthScenario, sizes as number[]).then(
      () => 'no error',
      (error: Error) => error.message,
    )
  const scenario = { seed: (size: number) => seeded.push(size), act: () => 7 }
  expect(await refused(scenario, [1, 4])).toMatchInlineSnapshot(`
    "Growth cannot be told from 2 sizes over a factor of 4: 1, 4. [ERR_HOTBED_OPTION]
      → Give at least 3 sizes, the largest at least 8 times the smallest: [1_000, 8_000, 64_000]."
  `)
  expect(await refused(scenario, [10, 20, 40])).toContain('Growth cannot be told from 3 sizes over a factor of 4: 10, 20, 40.')
  for (const sizes of [[100, 10, 1], [1, 1, 10], [0, 8, 64], [1.5, 8, 64], 'many'])
    expect(await refused(scenario, sizes)).toContain("Option 'sizes' must be whole numbers above 0 in ascending order")
  expect(await refused({ seed: 1, act: scenario.act }, [1, 4, 16])).toContain("Option 'seed' must be a function of the size, but is 1.")
  expect(await refused({ ...scenario, sizes: [] }, [1, 4, 16])).toContain("measureGrowth() has no option 'sizes'.")
  expect(seeded).toEqual([])
  expect(await refused(scenario, [1, 4, 16])).toContain('act has to give a recording or an executed plan, and gave something else.')
  expect(await refused({ ...scenario, act: () => undefined }, [1, 4, 16])).toContain('and gave nothing.')
  const estimated = () => suite.postgres.explain('SELECT 1', [], { analyze: false })
  expect(await refused({ ...scenario, act: estimated }, [1, 4, 16])).toContain('a plan that was not executed')
})

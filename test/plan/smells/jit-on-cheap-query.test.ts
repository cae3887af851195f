import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parsePlan } from '../../../src/plan/parse.js'
import { jitOnCheapQuery } from '../../../src/plan/smells/jit-on-cheap-query.js'
import { describeEachPostgres } from '../with-postgres.js'
import { findIn } from './find.js'

const SETUP = `
  CREATE TABLE orders (id int PRIMARY KEY, total int);
  INSERT INTO orders SELECT i, i FROM generate_series(1, 120000) i;
`

await describeEachPostgres(SETUP, (database) => {
  const find = (sql: string, settings: Readonly<Record<string, string | number | boolean>>) =>
    findIn(database(), jitOnCheapQuery, sql, { settings })

  test('a statement of few rows that is compiled is found, and not once it is let run as it is', async () => {
    const cheap = 'SELECT sum(total + 1) FROM orders WHERE id <= 100'
    expect(await find(cheap, { jit: true, jit_above_cost: 0 })).toEqual((await hasCompiler()) ? COMPILED : [])
    expect(await find(cheap, { jit: true })).toEqual([])
    expect(await find(cheap, { jit: false, jit_above_cost: 0 })).toEqual([])
  })

  test('a statement of many rows may be compiled', async () => {
    expect(await find('SELECT sum(total + 1) FROM orders', { jit: true, jit_above_cost: 0 })).toEqual([])
  })

  /** Not every build of PostgreSQL has LLVM. */
  async function hasCompiler(): Promise<boolean> {
    await database().sql.query('SET jit = on')
    const { rows } = await database().sql.query('SELECT pg_jit_available() AS there')
    await database().sql.query('RESET jit')
    return rows[0]?.['there'] === true
  }
})

const COMPILED = [
  "compiles 5 functions to handle 101 rows → ALTER ROLE <the application's> SET jit = off, or raise jit_above_cost; and look at the estimates that make this plan seem dear",
]

test('it is found in what a server with a compiler said', () => {
  const json = readFileSync(new URL('../fixtures/jit-15.json', import.meta.url), 'utf8')
  const plan = parsePlan(json, { sql: '', params: [], postgresVersion: '15' })
  expect(jitOnCheapQuery.find(plan).map(({ node, text, remedy }) => [node, `${text} → ${remedy}`])).toEqual([[undefined, COMPILED[0]]])
})

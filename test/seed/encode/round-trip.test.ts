import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyBinary } from '../../../src/seed/copy-binary.js'
import { copyText } from '../../../src/seed/copy-text.js'
import { findEncoding } from '../../../src/seed/encode/find-encoding.js'
import { columnOf } from '../column.js'
import { describeEachPostgres } from '../../plan/with-postgres.js'
import { COMPOUND_CASES } from './compound-cases.js'
import { base, listOf, type Case } from './round-trip-case.js'
import { SCALAR_CASES } from './scalar-cases.js'

const CASES: readonly Case[] = [...SCALAR_CASES, ...COMPOUND_CASES]

await describeEachPostgres("CREATE TYPE color AS ENUM ('red', 'dark blue'); CREATE DOMAIN amount AS int CHECK (VALUE > 0)", (database) => {
  let client: pg.Client
  beforeAll(async () => {
    const { server } = database()
    client = new pg.Client({ host: server.files.socketDirectory, port: server.port, user: 'postgres', database: 'postgres' })
    await client.connect()
    await client.query("SET timezone = 'UTC'")
    await client.query("SET lc_monetary = 'C'")
  })
  afterAll(() => client.end())

  const write = async ({ sql, type, limits }: Case, values: readonly unknown[], format: string): Promise<unknown[]> => {
    await client.query(`DROP TABLE IF EXISTS t; CREATE TABLE t (n serial, v ${sql})`)
    const schema = columnOf('v', type, { position: 2, ...limits })
    const at = (row: number): unknown => values[row]
    const range = { table: 't', fromRow: 0, toRow: values.length }
    if (format === 'text') await copyText(client, { ...range, columns: [{ schema, at }] })
    else {
      const bound = format === 'pool' ? { at, pool: { values, index: (row: number) => (values[row] === null ? -1 : row) } } : { at }
      await copyBinary(client, { ...range, columns: [{ name: 'v', at }], writers: [findEncoding(type)!.createWriter(bound, schema, 't')] })
    }
    const shown = sql === 'money' ? 'v::numeric::text' : sql === 'boolean' || sql === 'char(4)' ? "format('%s', v)" : 'v::text'
    const { rows } = await client.query(`SELECT CASE WHEN v IS NULL THEN NULL ELSE ${shown} END AS shown FROM t ORDER BY n`)
    return rows.map((row: { shown: unknown }) => row.shown)
  }

  test.each(CASES.map((one) => [one.sql, one] as const))('%s comes back as it was given, NULL too', async (_, one) => {
    const values = [...one.values.map(([value]) => value), null]
    const shown: (string | null)[] = [...one.values.map(([, text]) => text), null]
    expect(await write(one, values, 'binary')).toEqual(shown)
    expect(await write(one, values, 'pool')).toEqual(shown)
    expect(one.binaryOnly === true ? shown : await write(one, values, 'text')).toEqual(shown)
  })
})

test('a type without an encoder, also inside a list, has no binary writer', () => {
  expect(findEncoding(base('tsvector'))).toBeUndefined()
  expect(findEncoding(listOf(base('shop.mood')))).toBeUndefined()
  expect(findEncoding({ name: 'pair', oid: 1, kind: 'composite' })).toBeUndefined()
  expect(findEncoding(base('extensions.citext'))).toBeDefined()
})

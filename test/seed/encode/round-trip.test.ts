import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyBinary } from '../../../src/seed/copy-binary.js'
import { copyText } from '../../../src/seed/copy-text.js'
import { findEncoding } from '../../../src/seed/encode/find-encoding.js'
import type { ColumnSchema, TypeSchema } from '../../../src/seed/schema.js'
import { describeEachPostgres } from '../../plan/with-postgres.js'

const base = (name: string, oid = 0): TypeSchema => ({ name, oid, kind: 'base' })
const listOf = (of: TypeSchema): TypeSchema => ({ name: `_${of.name}`, oid: 0, kind: 'array', of })
const rangeOf = (of: TypeSchema): TypeSchema => ({ name: 'range', oid: 0, kind: 'range', of })

interface Case {
  readonly sql: string
  readonly type: TypeSchema
  readonly limits?: Partial<ColumnSchema>
  /** What a generator gives, and what the server shows for it. */
  readonly values: readonly (readonly [value: unknown, shown: string])[]
  /** Not in the text format, where the value has no text of its own. */
  readonly binaryOnly?: boolean
}

const LONG = `${'ä'.repeat(70_000)}€`
const MOMENT = Date.parse('2024-02-29T23:59:59.999Z')

const CASES: readonly Case[] = [
  {
    sql: 'boolean',
    type: base('bool'),
    values: [
      [true, 't'],
      [false, 'f'],
    ],
  },
  {
    sql: 'smallint',
    type: base('int2'),
    values: [
      [-32_768, '-32768'],
      [32_767, '32767'],
      [0, '0'],
      ['7', '7'],
    ],
  },
  {
    sql: 'integer',
    type: base('int4'),
    values: [
      [-2_147_483_648, '-2147483648'],
      [2_147_483_647, '2147483647'],
      [5n, '5'],
    ],
  },
  {
    sql: 'bigint',
    type: base('int8'),
    values: [
      [-(2n ** 63n), '-9223372036854775808'],
      [2n ** 63n - 1n, '9223372036854775807'],
      [Number.MAX_SAFE_INTEGER, '9007199254740991'],
      [-Number.MAX_SAFE_INTEGER, '-9007199254740991'],
      [-1, '-1'],
      [2 ** 32, '4294967296'],
      ['9223372036854775806', '9223372036854775806'],
    ],
  },
  {
    sql: 'real',
    type: base('float4'),
    values: [
      [0.5, '0.5'],
      [-1e-30, '-1e-30'],
      ['NaN', 'NaN'],
      ['-Infinity', '-Infinity'],
    ],
  },
  {
    sql: 'double precision',
    type: base('float8'),
    values: [
      [0.1, '0.1'],
      [1.7976931348623157e308, '1.7976931348623157e+308'],
      [5e-324, '5e-324'],
      ['Infinity', 'Infinity'],
    ],
  },
  {
    sql: 'numeric(10,2)',
    type: base('numeric'),
    limits: { precision: 10, scale: 2 },
    values: [
      [0, '0.00'],
      [0.01, '0.01'],
      [-0.1, '-0.10'],
      [99_999_999.99, '99999999.99'],
      [-12_345.6, '-12345.60'],
      [10_000, '10000.00'],
      ['1.239', '1.24'],
      [12n, '12.00'],
      ['NaN', 'NaN'],
      [1e-7, '0.00'],
    ],
  },
  {
    sql: 'numeric',
    type: base('numeric'),
    values: [
      [0, '0'],
      [1_000_000_007, '1000000007'],
      [0.000_012_5, '0.0000125'],
      [1e21, '1000000000000000000000'],
      ['123456789012345678901234567890.000000000000000000001', '123456789012345678901234567890.000000000000000000001'],
      ['-Infinity', '-Infinity'],
      ['1.50e3', '1500'],
      [-0.5, '-0.5'],
    ],
  },
  {
    sql: 'numeric(20,12)',
    type: base('numeric'),
    limits: { precision: 20, scale: 12 },
    values: [
      ['12345678.123456789012', '12345678.123456789012'],
      [0.25, '0.250000000000'],
      [1, '1.000000000000'],
    ],
  },
  {
    sql: 'numeric(3,-2)',
    type: base('numeric'),
    limits: { precision: 3, scale: -2 },
    values: [
      [12_345, '12300'],
      [0, '0'],
    ],
  },
  {
    sql: 'money',
    type: base('money'),
    values: [
      [12.34, '12.34'],
      [-0.01, '-0.01'],
      [90_000_000_000_000, '90000000000000.00'],
    ],
  },
  {
    sql: 'text',
    type: base('text'),
    values: [
      ['', ''],
      ['a\tb\\N\n\r"', 'a\tb\\N\n\r"'],
      ['Zoë 😀 €', 'Zoë 😀 €'],
      [LONG, LONG],
      ['\\N', '\\N'],
      [12, '12'],
    ],
  },
  {
    sql: 'varchar(5)',
    type: base('varchar'),
    limits: { length: 5 },
    values: [
      ['😀😀😀😀😀', '😀😀😀😀😀'],
      ['abc', 'abc'],
    ],
  },
  { sql: 'char(4)', type: base('bpchar'), limits: { length: 4 }, values: [['ab', 'ab  ']] },
  { sql: 'name', type: base('name'), values: [['n'.repeat(63), 'n'.repeat(63)]] },
  { sql: '"char"', type: base('char'), values: [['x', 'x']] },
  {
    sql: 'bytea',
    type: base('bytea'),
    values: [
      [Buffer.from([0, 255, 92]), '\\x00ff5c'],
      ['\\xdead', '\\xdead'],
      [new Uint8Array(0), '\\x'],
    ],
  },
  { sql: 'bit(10)', type: base('bit'), limits: { length: 10 }, values: [['1010101011', '1010101011']] },
  {
    sql: 'varbit',
    type: base('varbit'),
    values: [
      ['', ''],
      ['111', '111'],
    ],
  },
  {
    sql: 'uuid',
    type: base('uuid'),
    values: [
      ['A0EEBC99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
      ['ffffffffffffffffffffffffffffffff', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    ],
  },
  {
    sql: 'date',
    type: base('date'),
    values: [
      ['2024-02-29', '2024-02-29'],
      [MOMENT, '2024-02-29'],
      [new Date(0), '1970-01-01'],
      ['infinity', 'infinity'],
      [-1, '1969-12-31'],
    ],
  },
  {
    sql: 'time',
    type: base('time'),
    values: [
      ['23:59:59.999999', '23:59:59.999999'],
      ['24:00:00', '24:00:00'],
      ['00:00', '00:00:00'],
      [MOMENT, '23:59:59.999'],
    ],
  },
  {
    sql: 'timetz',
    type: base('timetz'),
    values: [
      ['12:00:00+05:30', '12:00:00+05:30'],
      ['01:02:03-08', '01:02:03-08'],
      [MOMENT, '23:59:59.999+00'],
    ],
  },
  {
    sql: 'timestamp',
    type: base('timestamp'),
    values: [
      [MOMENT, '2024-02-29 23:59:59.999'],
      ['2024-02-29T12:00:00.123456', '2024-02-29 12:00:00.123456'],
      ['-infinity', '-infinity'],
    ],
  },
  {
    sql: 'timestamptz',
    type: base('timestamptz'),
    values: [
      [MOMENT + 0.001, '2024-02-29 23:59:59.999001+00'],
      [new Date(MOMENT), '2024-02-29 23:59:59.999+00'],
      ['2024-01-01T00:00:00+02:00', '2023-12-31 22:00:00+00'],
      ['1960-01-01T00:00:00.000001Z', '1960-01-01 00:00:00.000001+00'],
      ['infinity', 'infinity'],
    ],
  },
  {
    sql: 'interval',
    type: base('interval'),
    binaryOnly: true,
    values: [
      [1500, '00:00:01.5'],
      ['P1Y2M3DT4H5M6.5S', '1 year 2 mons 3 days 04:05:06.5'],
      ['3 days 02:00:00', '3 days 02:00:00'],
      [{ months: -1, days: 2 }, '-1 mons +2 days'],
      ['-00:00:01', '-00:00:01'],
    ],
  },
  {
    sql: 'json',
    type: base('json'),
    values: [
      [{ a: [1, null, 'x'] }, '{"a":[1,null,"x"]}'],
      [[1], '[1]'],
      ['{"raw": 1}', '{"raw": 1}'],
      [true, 'true'],
    ],
  },
  {
    sql: 'jsonb',
    type: base('jsonb'),
    values: [
      [{ b: 1, a: 'é\\u0000 escaped' }, '{"a": "é\\\\u0000 escaped", "b": 1}'],
      ['"text"', '"text"'],
    ],
  },
  { sql: 'jsonpath', type: base('jsonpath'), values: [['$.a', '$."a"']] },
  { sql: 'xml', type: base('xml'), values: [['<a>1</a>', '<a>1</a>']] },
  {
    sql: 'inet',
    type: base('inet'),
    values: [
      ['10.0.0.1/8', '10.0.0.1/8'],
      ['255.255.255.255', '255.255.255.255/32'],
      ['::1', '::1/128'],
      ['2001:db8::ff00:42:8329/64', '2001:db8::ff00:42:8329/64'],
      ['::ffff:1.2.3.4', '::ffff:1.2.3.4/128'],
    ],
  },
  {
    sql: 'cidr',
    type: base('cidr'),
    values: [
      ['10.0.0.0/8', '10.0.0.0/8'],
      ['2001:db8::/32', '2001:db8::/32'],
    ],
  },
  { sql: 'macaddr', type: base('macaddr'), values: [['08:00:2b:01:02:ff', '08:00:2b:01:02:ff']] },
  { sql: 'macaddr8', type: base('macaddr8'), values: [['08:00:2b:01:02:03:04:05', '08:00:2b:01:02:03:04:05']] },
  { sql: 'oid', type: base('oid'), values: [[4_294_967_295, '4294967295']] },
  {
    sql: 'point',
    type: base('point'),
    binaryOnly: true,
    values: [
      [[1, -2.5], '(1,-2.5)'],
      [{ x: 1, y: 2 }, '(1,2)'],
      ['(3,4)', '(3,4)'],
    ],
  },
  {
    sql: 'box',
    type: base('box'),
    binaryOnly: true,
    values: [
      [
        [
          [3, 4],
          [1, 2],
        ],
        '(3,4),(1,2)',
      ],
    ],
  },
  {
    sql: 'lseg',
    type: base('lseg'),
    binaryOnly: true,
    values: [
      [
        [
          [1, 2],
          [3, 4],
        ],
        '[(1,2),(3,4)]',
      ],
    ],
  },
  { sql: 'line', type: base('line'), binaryOnly: true, values: [[[1, -1, 0], '{1,-1,0}']] },
  { sql: 'circle', type: base('circle'), binaryOnly: true, values: [[[1, 2, 5], '<(1,2),5>']] },
  {
    sql: 'polygon',
    type: base('polygon'),
    binaryOnly: true,
    values: [
      [
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
        '((0,0),(1,0),(1,1))',
      ],
    ],
  },
  {
    sql: 'path',
    type: base('path'),
    binaryOnly: true,
    values: [
      [
        [
          [0, 0],
          [1, 1],
        ],
        '((0,0),(1,1))',
      ],
      ['[(0,0),(1,1)]', '[(0,0),(1,1)]'],
    ],
  },
  {
    sql: 'color',
    type: { name: 'color', oid: 0, kind: 'enum', labels: ['red', 'dark blue'] },
    values: [
      ['dark blue', 'dark blue'],
      ['red', 'red'],
    ],
  },
  { sql: 'amount', type: { name: 'amount', oid: 0, kind: 'domain', of: base('int4') }, values: [[5, '5']] },
  {
    sql: 'integer[]',
    type: listOf(base('int4', 23)),
    values: [
      [[1, null, -3], '{1,NULL,-3}'],
      [[], '{}'],
      [
        [
          [1, 2],
          [3, 4],
        ],
        '{{1,2},{3,4}}',
      ],
    ],
  },
  { sql: 'text[]', type: listOf(base('text', 25)), values: [[['a"b\\', 'NULL', ''], '{"a\\"b\\\\","NULL",""}']] },
  { sql: 'timestamptz[]', type: listOf(base('timestamptz', 1184)), values: [[[0], '{"1970-01-01 00:00:00+00"}']] },
  { sql: 'jsonb[]', type: listOf(base('jsonb', 3802)), values: [[[{ a: 1 }, [1, 2]], '{"{\\"a\\": 1}","[1, 2]"}']] },
  {
    sql: 'int4range',
    type: rangeOf(base('int4')),
    values: [
      [[1, 5], '[1,5)'],
      [{ lower: 1, upper: 5, bounds: '[]' }, '[1,6)'],
      ['empty', 'empty'],
      [[null, 3], '(,3)'],
    ],
  },
  {
    sql: 'tstzrange',
    type: rangeOf(base('timestamptz')),
    values: [
      [[0, 1000], '["1970-01-01 00:00:00+00","1970-01-01 00:00:01+00")'],
      [{ lower: 0 }, '["1970-01-01 00:00:00+00",)'],
    ],
  },
  { sql: 'numrange', type: rangeOf(base('numeric')), values: [[{ lower: 0.5, upper: 2, bounds: '(]' }, '(0.5,2]']] },
  {
    sql: 'int4multirange',
    type: { name: 'int4multirange', oid: 0, kind: 'multirange', of: rangeOf(base('int4')) },
    binaryOnly: true,
    values: [
      [
        [
          [1, 2],
          [5, 7],
        ],
        '{[1,2),[5,7)}',
      ],
      [[], '{}'],
    ],
  },
]

await describeEachPostgres("CREATE TYPE color AS ENUM ('red', 'dark blue'); CREATE DOMAIN amount AS int CHECK (VALUE > 0)", (database) => {
  let client: pg.Client
  beforeAll(async () => {
    const { server } = database()
    client = new pg.Client({ host: server.socketDirectory, port: server.port, user: 'postgres', database: 'postgres' })
    await client.connect()
    await client.query("SET timezone = 'UTC'")
    await client.query("SET lc_monetary = 'C'")
  })
  afterAll(() => client.end())

  const write = async ({ sql, type, limits }: Case, values: readonly unknown[], format: string): Promise<unknown[]> => {
    await client.query(`DROP TABLE IF EXISTS t; CREATE TABLE t (n serial, v ${sql})`)
    const schema: ColumnSchema = {
      name: 'v',
      position: 2,
      type,
      length: undefined,
      precision: undefined,
      scale: undefined,
      isNotNull: false,
      defaultSql: undefined,
      identity: undefined,
      isGenerated: false,
      collation: undefined,
      ...limits,
    }
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

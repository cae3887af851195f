import { base, type Case } from './round-trip-case.js'

const LONG = `${'ä'.repeat(70_000)}€`
const MOMENT = Date.parse('2024-02-29T23:59:59.999Z')

export const SCALAR_CASES: readonly Case[] = [
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
      // Beyond 2285 a number of microseconds is no safe integer, and beyond 275,760 there is no Date.
      [Date.UTC(2300, 0, 1, 0, 0, 0, 123), '2300-01-01 00:00:00.123+00'],
      [new Date(Date.UTC(12_024, 1, 29, 0, 0, 0, 1)), '12024-02-29 00:00:00.001+00'],
      [9_224_318_015_998_000, '294276-12-31 23:59:58+00'],
      [Date.UTC(1500, 0, 1), '1500-01-01 00:00:00+00'],
      [-210_860_000_000_000, '4713-02-10 17:46:40+00 BC'],
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
]

import { describe, expect, test } from 'vitest'
import { readParameter } from '../../../src/wire/postgres/parameters.js'
import { describeEachPostgres } from '../../plan/with-postgres.js'

/** Per type the function that gives its binary format, and texts that PostgreSQL reads as that type. */
const VALUES: Readonly<Record<string, readonly [send: string, ...texts: string[]]>> = {
  bool: ['boolsend', 'true', 'false'],
  bytea: ['byteasend', '', '\\xdeadbeef00'],
  int2: ['int2send', '0', '-32768', '32767'],
  int4: ['int4send', '0', '-2147483648', '2147483647'],
  int8: ['int8send', '0', '-9223372036854775808', '9223372036854775807'],
  oid: ['oidsend', '4294967295'],
  float4: ['float4send', '0', '-0', '0.1', '1e6', '123456', '1234567', '1e-5', '0.0001', '3.4028235e38', 'NaN', 'Infinity', '-Infinity'],
  float8: [
    'float8send',
    '0',
    '-0',
    '0.1',
    '1e15',
    '123456789012345',
    '1e-5',
    '0.00012',
    '1.5e-300',
    '1.7976931348623157e308',
    'NaN',
    '-Infinity',
  ],
  numeric: [
    'numeric_send',
    '0',
    '0.00',
    '-1',
    '12345678.90',
    '10000',
    '0.0001',
    '0.00000000012',
    '-0.5',
    '1e30',
    '1.5e-20',
    '99999999999999999999.123456789',
    'NaN',
    'Infinity',
    '-Infinity',
    '123.4500',
    '100000000',
    '20000.00002',
  ],
  text: ['textsend', '', 'größe €'],
  varchar: ['varcharsend', "it's"],
  name: ['namesend', 'a name'],
  uuid: ['uuid_send', '01234567-89ab-cdef-0123-456789abcdef'],
  json: ['json_send', '{"a" : 1}'],
  jsonb: ['jsonb_send', '{"b": [1, null]}', '"x"'],
  date: [
    'date_send',
    '2000-01-01',
    '1999-12-31',
    '2024-02-29',
    '0001-01-01',
    '0001-12-31 BC',
    '4713-11-24 BC',
    '5874897-12-31',
    '1900-03-01',
    'infinity',
    '-infinity',
  ],
  time: ['time_send', '00:00', '23:59:59.999999', '24:00', '12:34:56.7'],
  timestamp: [
    'timestamp_send',
    '2000-01-01',
    '1999-12-31 23:59:59.5',
    '2024-02-29 12:00:00.000001',
    '0044-03-15 10:00 BC',
    '294276-12-31 23:59:59.999999',
    'infinity',
    '-infinity',
  ],
  timestamptz: ['timestamptz_send', '2024-07-01 12:00+02', '1883-01-01 00:00:00.25+00', '0001-01-01 00:00+00 BC', 'infinity'],
  interval: [
    'interval_send',
    '0',
    '1 year 2 mons 3 days 04:05:06.789',
    '-1 year',
    '1 year -1 mon',
    '-1 day +02:03',
    '1 day -00:00:01',
    '-00:00:00.5',
    '100 hours',
    '1 mon',
    '-14 mons +3 days -4 hours',
    '-3 days',
    '2 years',
  ],
  'int4[]': ['array_send', '{}', '{1,NULL,-3}', '{{1,2},{3,4}}', '[2:3]={7,8}', '[-1:0][5:5]={{1},{2}}'],
  'text[]': ['array_send', '{}', '{a,"b c","",NULL,"null","x\\"y","a\\\\b","{","a,b",größe}'],
  'bool[]': ['array_send', '{t,f,NULL}'],
  'float8[]': ['array_send', '{1.5,1e20,1e-7,NaN}'],
  'numeric[]': ['array_send', '{1.50,-2}'],
  'timestamptz[]': ['array_send', '{"2024-01-01 00:00+00"}'],
  'jsonb[]': ['array_send', '{"{\\"a\\": 1}"}'],
  'bytea[]': ['array_send', '{"\\\\x00ff"}'],
  'uuid[]': ['array_send', '{01234567-89ab-cdef-0123-456789abcdef}'],
  'interval[]': ['array_send', '{"1 day",00:00:01}'],
  'date[]': ['array_send', '{2024-01-01,infinity}'],
}

const NUMBERS = ['int2', 'int4', 'oid', 'float4', 'float8']

await describeEachPostgres('SELECT 1', (database) => {
  test.each(Object.keys(VALUES))('%s reads the same from both formats, and as PostgreSQL prints it', async (type) => {
    const [send = '', ...texts] = VALUES[type] ?? []
    const { sql } = database()
    await sql.query("SET timezone = 'UTC'; SET intervalstyle = 'postgres'; SET extra_float_digits = 1")
    for (const text of texts) {
      const { rows } = await sql.query(
        `SELECT '${type}'::regtype::oid::text AS oid, v::text AS printed, encode(${send}(v), 'hex') AS hex FROM (SELECT $1::text::${type}) one (v)`,
        [text],
      )
      const { oid, printed, hex } = rows[0] as { oid: string; printed: string; hex: string }
      const value = type === 'bool' ? printed === 'true' : NUMBERS.includes(type) ? Number(printed) : printed
      const binary = Buffer.from(hex, 'hex').toString('latin1')
      expect(readParameter({ type: Number(oid), format: 'binary', value: binary }), `binary ${text}`).toEqual(value)
      const bytes = Buffer.from(printed).toString('latin1')
      expect(readParameter({ type: Number(oid), format: 'text', value: bytes }), `text ${text}`).toEqual(value)
    }
  })
})

describe('where the type does not help', () => {
  const hi = 'hi \xc3\xb6'

  test('NULL is null whatever its type', () => {
    expect(readParameter({ type: 23, format: 'binary', value: null })).toBeNull()
  })

  test('a text without a type is given as it is', () => {
    expect(readParameter({ type: 0, format: 'text', value: '007' })).toBe('007')
    expect(readParameter({ type: 0, format: 'text', value: hi })).toBe('hi ö')
  })

  test('bytes of a type that is not known are given as bytes', () => {
    expect(readParameter({ type: 0, format: 'binary', value: hi })).toBe('\\x686920c3b6')
    expect(readParameter({ type: 99_999, format: 'binary', value: '\0' })).toBe('\\x00')
  })

  test.each([
    [16, '\x01\x01'],
    [23, '\0\0\x01'],
    [1700, '\0\x05\0\0\0\0\0\0\0\x01'],
    [1700, '\0'],
    [3802, '\x02{}'],
    [2950, 'abc'],
    [1007, '\0\0\0\x01\0\0\0\0\0\0\0\x17\x7f\xff\xff\xff\0\0\0\x01\0\0\0\x04\0\0\0\x01'],
    [1007, '\0\0\0\x7f\0\0\0\0\0\0\0\x17'],
    [1007, '\0\0\0\x01\0\0\0\0\0\x01\x86\x9f\0\0\0\x01\0\0\0\x01\0\0\0\x01a'],
  ])('bytes that are not of type %i are given as bytes', (type, value) => {
    expect(readParameter({ type, format: 'binary', value })).toBe(`\\x${Buffer.from(value, 'latin1').toString('hex')}`)
  })

  test('a text that the server will refuse is given as it is', () => {
    expect(readParameter({ type: 23, format: 'text', value: 'seven' })).toBe('seven')
    expect(readParameter({ type: 23, format: 'text', value: '' })).toBe('')
    expect(readParameter({ type: 16, format: 'text', value: 'maybe' })).toBe('maybe')
  })

  test('the words for true and false', () => {
    expect(['t', 'TRUE', 'yes', 'on', '1'].map((value) => readParameter({ type: 16, format: 'text', value }))).toEqual(Array(5).fill(true))
    expect(['f', 'FALSE', 'no', 'off', '0'].map((value) => readParameter({ type: 16, format: 'text', value }))).toEqual(
      Array(5).fill(false),
    )
  })
})

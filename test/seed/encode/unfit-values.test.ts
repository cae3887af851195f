import { expect, test } from 'vitest'
import { findEncoding } from '../../../src/seed/encode/find-encoding.js'
import type { ColumnSchema, TypeSchema } from '../../../src/seed/schema.js'
import { columnOf } from '../column.js'

function failure(name: string, value: unknown, limits: Partial<ColumnSchema> = {}, more: Partial<TypeSchema> = {}): string {
  const type: TypeSchema = { name, oid: 0, kind: 'base', ...more }
  const column = columnOf('v', type, limits)
  try {
    findEncoding(type)!.createWriter({ at: () => value }, column, 'shop.orders')(Buffer.alloc(4096), 0, 1234)
    return 'no error'
  } catch (error) {
    return (error as Error).message
  }
}

test('the error says which row, table, column, type and value', () => {
  expect(failure('numeric', 1e8, { precision: 10, scale: 2 })).toBe(
    'Row 1,234 of shop.orders: v is numeric(10,2) and must be below 10^8, but its generator gave 100000000. [ERR_HOTBED_SEED]\n' +
      '  → Change the generator of shop.orders.v in the dataset.',
  )
})

test.each<[string, unknown, string, Partial<ColumnSchema>?, Partial<TypeSchema>?]>([
  ['bool', 'true', 'must be true or false, but its generator gave "true"'],
  ['int2', 32_768, 'must be a whole number from -32768 to 32767, but its generator gave 32768'],
  ['int4', 1.5, 'whole number from -2147483648 to 2147483647, but its generator gave 1.5'],
  ['int4', Number.NaN, 'but its generator gave NaN'],
  ['int4', 'abc', 'but its generator gave "abc"'],
  ['int8', 2 ** 53, 'must be a whole number up to 2^53, or beyond that a bigint'],
  ['int8', 2n ** 63n, 'must be a whole number from -9223372036854775808 to 9223372036854775807'],
  [
    'float8',
    Number.NaN,
    "must be a finite number (NaN and the infinities are written as text: 'NaN', 'Infinity'), but its generator gave NaN",
  ],
  ['float8', Infinity, 'but its generator gave Infinity'],
  ['float4', 1e39, 'must be a number up to 3.4e38'],
  ['numeric', -Infinity, "(NaN and the infinities are written as text: 'NaN', 'Infinity'), but its generator gave -Infinity"],
  ['numeric', 'Infinity', 'must be finite, which numeric(10,2) demands', { precision: 10, scale: 2 }],
  ['numeric', '123456789.5', 'must be below 10^8', { precision: 10, scale: 2 }],
  ['numeric', '1.2.3', 'must be a number, a bigint or the text of a decimal'],
  ['text', 'a\0b', 'must be free of the character NUL, which Postgres cannot store, but its generator gave "a\\u0000b"'],
  ['text', 'a\ud800', 'must be well-formed: half of a surrogate pair is no character, but its generator gave "a\\ud800"'],
  ['text', { a: 1 }, 'must be a text, but its generator gave an object'],
  ['varchar', 'abcdef', 'v is varchar(5) and must be at most 5 characters long (this has 6)', { length: 5 }],
  ['name', 'n'.repeat(64), 'must be at most 63 bytes long'],
  ['bytea', 'abc', "must be a Buffer, or hexadecimal text such as '\\x00ff'"],
  ['bit', '101', 'must be 4 bits, but its generator gave "101"', { length: 4 }],
  ['uuid', 'not-a-uuid-at-all-but-long-enough-for-it', 'must be a UUID as text'],
  ['uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1', 'must be a UUID as text'],
  ['timestamptz', 'yesterday', 'must be milliseconds since 1970, a Date, or ISO 8601'],
  ['timestamptz', new Date(Number.NaN), 'but its generator gave an invalid Date'],
  ['timestamptz', Number.NaN, 'but its generator gave NaN'],
  ['timestamptz', 9_224_318_016_000_000, 'from 4713 BC to the year 294276, but its generator gave 9224318016000000'],
  ['timestamp', -211_000_000_000_000, 'from 4713 BC to the year 294276'],
  ['date', Infinity, 'must be a day'],
  ['date', 185_331_707_078_400_000, 'must be a day from 4713 BC to 5874897'],
  ['time', '25:00:00', "must be a time of day such as '23:59:59'"],
  ['interval', 'soon', 'must be milliseconds, { days: 3, hours: 2 }, or a text'],
  ['jsonb', { a: '\0' }, 'must be free of the character NUL and of halves of surrogate pairs, which jsonb cannot store'],
  ['jsonb', { a: '\udc00' }, 'must be free of the character NUL'],
  ['json', 10n, 'must be what JSON can say'],
  ['inet', '10.0.0.256', "must be an address such as '10.0.0.1', '10.0.0.1/8' or '::1'"],
  ['cidr', '10.0.0.1/8', 'without bits beyond its mask'],
  ['macaddr', '08:00', 'must be a MAC address of 6 bytes'],
  ['point', [1], 'must be 2 numbers such as [1, 2]'],
  ['mood', 'sad', "must be one of 'ok', 'happy', but its generator gave \"sad\"", {}, { kind: 'enum', labels: ['ok', 'happy'] }],
  [
    '_int4',
    [[1], [2, 3]],
    'must be a list whose inner lists have one length',
    {},
    { kind: 'array', of: { name: 'int4', oid: 23, kind: 'base' } },
  ],
  ['_int4', [1, 'x'], 'must be a whole number', {}, { kind: 'array', of: { name: 'int4', oid: 23, kind: 'base' } }],
  [
    'int4range',
    5,
    "must be [lower, upper], { lower, upper, bounds: '[)' }, or 'empty'",
    {},
    { kind: 'range', of: { name: 'int4', oid: 23, kind: 'base' } },
  ],
])('%s refuses what it cannot hold (case %#)', (name, value, said, limits, more) => {
  expect(failure(name, value, limits, more)).toContain(said)
})

test('a value that does not fit in the room asks for more instead of writing half of it', () => {
  for (const [name, value] of [
    ['text', 'hello'],
    ['int8', 1],
    ['numeric', 12.5],
    ['jsonb', { a: 1 }],
    ['uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['inet', '::1'],
    ['interval', 5],
  ] as const) {
    const type: TypeSchema = { name, oid: 0, kind: 'base' }
    const column = columnOf('v', type)
    const write = findEncoding(type)!.createWriter({ at: () => value }, column, 't')
    const whole = write(Buffer.alloc(100), 0, 0)
    for (let room = 0; room < whole; room += 1) expect(write(Buffer.alloc(room), 0, 0)).toBe(-1)
    expect(write(Buffer.alloc(whole), 0, 0)).toBe(whole)
  }
})

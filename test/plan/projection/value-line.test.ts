import { expect, test } from 'vitest'
import { valueLine, type ValueLine } from '../../../src/plan/projection/value-line.js'
import { describeEachPostgres } from '../with-postgres.js'

function line(type: string): ValueLine {
  const found = valueLine(type)
  if (found === undefined) throw new Error(`${type} has no line`)
  return found
}

/** Values of each type that PostgreSQL makes itself, over the whole of the type. */
const VALUES: Readonly<Record<string, string>> = {
  date: "SELECT '4713-01-01 BC'::date + (n * 2147483000::bigint / 999)::int FROM generate_series(0, 998) n",
  'timestamp without time zone': "SELECT '4713-01-01 BC'::timestamp + n * interval '109000 days 17:00:01' FROM generate_series(0, 999) n",
  'timestamp with time zone': "SELECT '0099-01-01 BC'::timestamptz + n * interval '1 year 1 day 1.25 s' FROM generate_series(0, 999) n",
  integer: 'SELECT (-2147483648 + n * 4294967::bigint)::int FROM generate_series(0, 1000) n',
  real: "SELECT ('1.5e' || n)::real FROM generate_series(-37, 37) n",
  'double precision': "SELECT ('-2.25e' || n)::float8 FROM generate_series(-300, 300) n",
  numeric: "SELECT ('1.' || lpad(n::text, 6, '0'))::numeric FROM generate_series(0, 999) n",
}

await describeEachPostgres('', (database) => {
  test.each(Object.keys(VALUES))('%s: PostgreSQL reads what is written, and it is what was read', async (type) => {
    const { sql } = database()
    await sql.query("SET timezone = 'UTC'")
    const { rows } = await sql.query(`SELECT v::text AS v FROM (${VALUES[type]}) AS t (v)`)
    const { read, write } = line(type)
    const texts = rows.map((row) => String(row['v']))
    expect(texts.length).toBeGreaterThan(70)
    const written = texts.map((text) => write(read(text) ?? Number.NaN))
    const { rows: back } = await sql.query(
      `SELECT a, b FROM unnest($1::text[], $2::text[]) AS t (a, b)
       WHERE ${/time/.test(type) ? `abs(extract(epoch FROM a::${type} - b::${type})) > 0.001` : `a::${type} <> b::${type}`}`,
      [`{${texts.map((text) => `"${text}"`).join()}}`, `{${written.map((text) => `"${text}"`).join()}}`],
    )
    expect(back).toEqual([])
  })

  test.each([
    ['smallint', '-32768', '32767'],
    ['integer', '-2147483648', '2147483647'],
    ['oid', '0', '4294967295'],
    ['real', '-3.4e+38', '3.4e+38'],
    ['double precision', '-1.79e+308', '1.79e+308'],
    ['date', '4713-01-01 BC', '5874897-12-31'],
    ['timestamp without time zone', '4713-01-01 00:00:00.000000 BC', '294276-12-31 23:59:59.000576'],
    ['timestamp with time zone', '4713-01-01 00:00:00.000000+00 BC', '294276-12-31 23:59:59.000576+00'],
    ['bigint', '-9223372036854774784', '9223372036854774784'],
  ])('%s ends where PostgreSQL has it', async (type, first, last) => {
    const { write } = line(type)
    expect([write(Number.NEGATIVE_INFINITY), write(Number.POSITIVE_INFINITY)]).toEqual([first, last])
    const { rows } = await database().sql.query(`SELECT count(*)::int AS n FROM unnest($1::text::${type}[]) v`, [`{"${first}","${last}"}`])
    expect(rows).toEqual([{ n: 2 }])
  })
})

test('what is no place has none', () => {
  expect(['infinity', '-infinity', 'tomorrow'].map(line('date').read)).toEqual([undefined, undefined, undefined])
  expect(['NaN', 'Infinity'].map(line('numeric').read)).toEqual([undefined, undefined])
  expect(valueLine('text')).toBeUndefined()
})

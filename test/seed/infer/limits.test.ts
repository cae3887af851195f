import { describe, expect, it } from 'vitest'
import { parseExpression } from '../../../src/seed/infer/check-expression.js'
import { readDemands, type Demands } from '../../../src/seed/infer/limits.js'

function demandsOf(sql: string): Demands | undefined {
  const expression = parseExpression(sql)
  return expression === undefined ? undefined : readDemands(expression)
}

describe('What a CHECK demands', () => {
  // As pg_get_expr prints them.
  it.each([
    ["(status = ANY (ARRAY['open'::text, 'it''s paid'::text]))", { status: { allowed: ['open', "it's paid"] } }],
    [
      "((status)::text = ANY ((ARRAY['open'::character varying, 'paid'::character varying])::text[]))",
      { status: { allowed: ['open', 'paid'] } },
    ],
    ["(level = ANY ('{1,2,3}'::integer[]))", { level: { allowed: ['1', '2', '3'] } }],
    ["((kind = 'a'::text) OR (kind = 'b'::text))", { kind: { allowed: ['a', 'b'] } }],
    ['(total_cents > 0)', { total_cents: { min: { value: 0, isExclusive: true } } }],
    ['(0 < total)', { total: { min: { value: 0, isExclusive: true } } }],
    ['((age >= 18) AND (age <= 99))', { age: { min: { value: 18, isExclusive: false }, max: { value: 99, isExclusive: false } } }],
    ['(price >= (0)::numeric)', { price: { min: { value: 0, isExclusive: false } } }],
    ["(balance > ('-1.5'::numeric))", { balance: { min: { value: -1.5, isExclusive: true } } }],
    ['(delta > (- 5))', { delta: { min: { value: -5, isExclusive: true } } }],
    ["(born >= '1990-01-01'::date)", { born: { min: { value: '1990-01-01', isExclusive: false } } }],
    [
      '((rating IS NULL) OR ((rating >= 1) AND (rating <= 5)))',
      { rating: { min: { value: 1, isExclusive: false }, max: { value: 5, isExclusive: false } } },
    ],
    ['(char_length((code)::text) = 4)', { code: { minLength: 4, maxLength: 4 } }],
    ['(length(TRIM(BOTH FROM name)) > 0)', undefined],
    ['(length(btrim(name)) > 0)', { name: { minLength: 1 } }],
    ['(email IS NOT NULL)', { email: { isNotNull: true } }],
    ['("Weird Name" > 3)', { 'Weird Name': { min: { value: 3, isExclusive: true } } }],
    ['is_on', { is_on: { allowed: [true] } }],
    ['(NOT is_on)', { is_on: { allowed: [false] } }],
    ["(state <> 'gone'::text)", { state: { refused: ['gone'] } }],
    ["(email ~ '^[^@]+@'::text)", undefined],
    ['(CASE WHEN a THEN b ELSE c END)', undefined],
    ['((a + b) > 3)', undefined],
    ['(lower(email) = email)', undefined],
  ])('%s', (sql, limits) => {
    const demands = demandsOf(sql)
    expect(demands === undefined ? undefined : Object.fromEntries(demands.limits)).toEqual(limits)
  })

  it('is an order where two columns are compared', () => {
    expect(demandsOf('((ends_at > starts_at) AND (low <= high))')?.orders).toEqual([
      { left: 'starts_at', right: 'ends_at', isStrict: true },
      { left: 'low', right: 'high', isStrict: false },
    ])
  })
})

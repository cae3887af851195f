import { describe, expect, test } from 'vitest'
import { scanSql } from '../../src/primitives/sql-scan.js'

function tokensOf(sql: string): readonly string[] {
  const tokens: string[] = []
  scanSql(sql, (kind, start, end) => {
    tokens.push(`${kind} ${sql.slice(start, end)}`)
    return true
  })
  return tokens
}

test.each([
  ['SELECT größe, a$b$ FROM _t1', ['word SELECT', 'word größe', 'mark ,', 'word a$b$', 'word FROM', 'word _t1']],
  [`"a;""b"."c'd"`, [`quoted "a;""b"`, 'mark .', `quoted "c'd"`]],
  ["'it''s;' 'C:\\' x", ["literal 'it''s;'", "literal 'C:\\'", 'word x']],
  ["E'it\\'s;' e'\\\\' x", ["literal E'it\\'s;'", "literal e'\\\\'", 'word x']],
  ["date '\\' größe'\\' x", ['word date', "literal '\\'", 'word größe', "literal '\\'", 'word x']],
  [`B'01' x'ff' N'n' U&'\\0041' U&"\\0041"`, ["literal B'01'", "literal x'ff'", "literal N'n'", "literal U&'\\0041'", 'quoted U&"\\0041"']],
  ['$$;$1$$ $a$;$b$;$a$ $größe$;$größe$', ['literal $$;$1$$', 'literal $a$;$b$;$a$', 'literal $größe$;$größe$']],
  ['$1,$22', ['literal $1', 'mark ,', 'literal $22']],
  [
    '1.5 .5 1e-9 0xFF 1_000 1..2',
    ['1.5', '.5', '1e-9', '0xFF', '1_000', '1', '.', '.2'].map((one) => `${one === '.' ? 'mark' : 'literal'} ${one}`),
  ],
  ['a:=b::int', ['word a', 'mark :=', 'word b', 'mark ::', 'word int']],
  [
    'a<=-1 b->>c d*/**/e f<--\ng',
    [
      'word a',
      'operator <=',
      'operator -',
      'literal 1',
      'word b',
      'operator ->>',
      'word c',
      'word d',
      'operator *',
      'word e',
      'word f',
      'operator <',
      'word g',
    ],
  ],
  ["/* a; /* b' */ c */ x -- it's; \n; -- end", ['word x', 'mark ;']],
  ['\uFEFF\t\r\n ', []],
])('%j has the tokens %j', (sql, tokens) => {
  expect(tokensOf(sql)).toEqual(tokens)
})

describe('what is never closed goes to the end', () => {
  test.each(["'a;''b", '"a;""b', "E'a;\\'", "E'a;\\", '$$a; $b$', '$a$b; $$'])('%s', (sql) => {
    expect(tokensOf(sql)).toEqual([`${sql.startsWith('"') ? 'quoted' : 'literal'} ${sql}`])
  })

  test.each(['-- a', '/* a', '/* /* a */'])('%s', (sql) => {
    expect(tokensOf(`x ${sql}`)).toEqual(['word x'])
  })
})

test('a visitor ends the scan', () => {
  const seen: number[] = []
  scanSql('a b c', (_, start) => {
    seen.push(start)
    return start < 2
  })
  expect(seen).toEqual([0, 2])
})

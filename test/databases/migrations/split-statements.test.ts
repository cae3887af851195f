import { describe, expect, test } from 'vitest'
import { splitStatements } from '../../../src/databases/migrations/split-statements.js'

function texts(sql: string): readonly string[] {
  return splitStatements(sql).map(({ text }) => text)
}

/** Each is one statement although there are semicolons in it. */
const WHOLE: Readonly<Record<string, string>> = {
  'a string': `SELECT 'a;b''c;d'`,
  'a string that ends in a backslash': String.raw`SELECT 'C:\;', 'x'`,
  'an E string with escaped quotes': String.raw`SELECT E'it\'s;', e'\\;' , 'x\'`,
  'a word that ends in e before a string': String.raw`SELECT date '2024-01-01;\'`,
  'a quoted identifier': `SELECT "a;""b;"`,
  'a quoted identifier with one string quote': `SELECT "it's;"`,
  'a dollar quoted string': `DO $$ BEGIN PERFORM 1; END $$`,
  'a tagged dollar quote with another inside': `DO $outer$ BEGIN EXECUTE $in$ SELECT 1; $in$; PERFORM 2; END $outer$`,
  'a dollar quote whose tag has letters beyond ASCII': `SELECT $größe$ ; $größe$`,
  'parameters and identifiers with dollars': `SELECT $1, a$b, a$$b FROM t$1`,
  'a comment to the end of the line': `SELECT 1 -- one; two's\n, 2`,
  'nested comments': `SELECT /* a; /* b; */ c's; */ 1`,
  'the body of a rule': `CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2))`,
  'an SQL body': `CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END`,
  'an SQL body with CASE': `CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN a > 0 THEN CASE a WHEN 1 THEN 2 END END; SELECT 2; END`,
  'an SQL body with names that are keywords': `create procedure p() begin /* ; */ atomic select t.end, 1 as end, t."case" from t; select 2; end`,
  'letters beyond ASCII': `CREATE TABLE größe (日本 text DEFAULT 'ä;')`,
}

describe('a semicolon does not end', () => {
  test.each(Object.entries(WHOLE))('%s', (_, sql) => {
    expect(texts(`${sql};\nSELECT 'next';`)).toEqual([sql, `SELECT 'next'`])
  })
})

test('transactions and PL/pgSQL words outside of bodies end where they seem to', () => {
  expect(texts('BEGIN; SELECT 1; END; SELECT CASE WHEN true THEN 1 END; COMMIT')).toEqual([
    'BEGIN',
    'SELECT 1',
    'END',
    'SELECT CASE WHEN true THEN 1 END',
    'COMMIT',
  ])
})

test.each(['', ' \n', ';;\n;', '-- only a comment', '/* only; /* a */ comment */', '-- a\n;/* b */;', '\uFEFF'])(
  '%j has no statement',
  (sql) => {
    expect(splitStatements(sql)).toEqual([])
  },
)

test('each statement has the line of its first character, past comments and blanks', () => {
  const sql = '\uFEFF-- a header\n\nSELECT 1;  -- one\n/* two\nlines */ SELECT\n  2;\r\n\r\nSELECT 3'
  expect(splitStatements(sql)).toEqual([
    { text: 'SELECT 1', line: 3 },
    { text: 'SELECT\n  2', line: 5 },
    { text: 'SELECT 3', line: 8 },
  ])
})

test.each([
  `SELECT 'a; SELECT 2;`,
  'SELECT $$ a; SELECT 2;',
  'SELECT "a; SELECT 2;',
  'SELECT 1 /* a; SELECT 2;',
  'SELECT (1; SELECT 2;',
  String.raw`SELECT E'\'; SELECT 2;`,
])('what is never closed goes to the end: %s', (sql) => {
  expect(texts(sql)).toEqual([sql.trimEnd()])
})

test('whatever is joined from statements splits into these again', () => {
  const pieces = Object.values(WHOLE)
  let seed = 7
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  const separators = [';', ';\n', ' ;; ', ";\n-- it's; a comment\n", '; /* and; /* another */ */ ', ';\r\n\t']
  for (let round = 0; round < 200; round += 1) {
    const chosen = Array.from({ length: random(8) }, () => pieces[random(pieces.length)] ?? '')
    const sql = chosen.map((piece) => piece + (separators[random(separators.length)] ?? ';')).join('')
    const found = splitStatements(sql)
    expect(found.map(({ text }) => text)).toEqual(chosen)
    let from = 0
    for (const { text, line } of found) {
      const at = sql.indexOf(text, from)
      expect(line).toBe(sql.slice(0, at).split('\n').length)
      from = at + text.length
    }
  }
})

test('a large dump splits in time that grows with its size only', () => {
  const sql = `INSERT INTO t VALUES (1, 'it''s; a value', E'\\'');\n`.repeat(100_000)
  expect(splitStatements(sql)).toHaveLength(100_000)
}, 10_000)

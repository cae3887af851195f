import { expect, test } from 'vitest'
import { pointAt, readStatementText } from '../../src/plan/statement-text.js'

test.each([
  ["SELECT ';', $$;$1$$, $a$;$b$;$a$, \";\", E'\\';' -- ;\n/* ; /* ; */ ; */"],
  ["SELECT 'it''s; $9'"],
  ['SELECT a$b$;'],
  ['SELECT 1 ; -- ; the end\n ; ;'],
])('%s is one statement without parameters', (sql) => {
  expect(readStatementText(sql)).toMatchObject({ keyword: 'SELECT', highestParameter: 0, secondStatementAt: undefined })
})

test.each([
  ["SELECT 'a\\'; COMMIT", 13],
  ['SELECT $a$ $b$ $a$; DROP TABLE t', 20],
  ['SELECT 1 /* */;/* */DELETE FROM t', 20],
  ['SELECT 1;;(SELECT 2)', 10],
])('in %s a second statement begins at %d', (sql, at) => {
  expect(readStatementText(sql).secondStatementAt).toBe(at)
})

test('the first keyword and the highest parameter are found', () => {
  expect(readStatementText('/* x */ ( with a AS (SELECT $2, $10) TABLE a)')).toMatchObject({ keyword: 'WITH', highestParameter: 10 })
  expect(readStatementText('  ').keyword).toBe('')
})

test('the text ends before the semicolon', () => {
  expect(readStatementText('SELECT 1 -- one\n;\n').text).toBe('SELECT 1 -- one')
})

test('a caret stands below its character, in a long line too', () => {
  expect(pointAt('SELECT 1\nFROM x', 14)).toEqual(['  SELECT 1', '  FROM x', '       ^'])
  const [line, caret] = pointAt(`${'a'.repeat(500)}!${'b'.repeat(500)}`, 500)
  expect(line).toHaveLength(102)
  expect(line?.[caret!.indexOf('^')]).toBe('!')
})

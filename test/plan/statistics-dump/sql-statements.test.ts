import { expect, test } from 'vitest'
import { sqlStatements } from '../../../src/plan/statistics-dump/sql-statements.js'

const read = (text: string): readonly string[] => [...sqlStatements(text)]

test('statements are cut at semicolons that stand outside of strings, names and comments', () => {
  expect(read(`SELECT 'a;''b', E'c\\';d', "e;f", $x$ g;$$h $x$, $$;$$; -- i;j 'k\n/* l;m */ SELECT 2;\nSELECT 3`)).toEqual([
    `SELECT 'a;''b', E'c\\';d', "e;f", $x$ g;$$h $x$, $$;$$`,
    'SELECT 2',
    'SELECT 3',
  ])
})

test('a backslash is a letter in an ordinary string, also behind a name that ends in e', () => {
  expect(read(`SELECT 'a\\', 1; SELECT type'b\\'; SELECT 2`)).toEqual([`SELECT 'a\\', 1`, `SELECT type'b\\'`, 'SELECT 2'])
})

test('commands of psql and rows of COPY are passed over', () => {
  expect(
    read(
      `\\restrict a'b;c\nSELECT 1;\nCOPY public.t (a) FROM stdin;\nSELECT * FROM pg_catalog.pg_restore_relation_stats('x', 1);\nit's\n\\.\n\nSELECT 2;\n`,
    ),
  ).toEqual(['SELECT 1', 'SELECT 2'])
})

test('what is never closed ends with the text', () => {
  expect(read("SELECT 'abc")).toEqual(["SELECT 'abc"])
  expect(read('/* abc')).toEqual([])
  expect(read('COPY t FROM stdin;\n1')).toEqual([])
})

import { expect, test } from 'vitest'
import { parseArray } from '../../../src/plan/statistics-dump/parse-array.js'

test.each<[string, readonly string[] | undefined]>([
  ['{}', []],
  ['{1,2}', ['1', '2']],
  [String.raw`{"a,b","c\"d\\e","","NULL"," f "}`, ['a,b', 'c"d\\e', '', 'NULL', ' f ']],
  ['{"{1,2}","{3}"}', ['{1,2}', '{3}']],
  ['[0:1]={a,b}', ['a', 'b']],
  ['{2026-01-01 00:00:00+00}', ['2026-01-01 00:00:00+00']],
  ['{a,NULL}', undefined],
  ['{{1},{2}}', undefined],
  ['{"a}', undefined],
  ['1,2', undefined],
])('%s is %j', (text, elements) => {
  expect(parseArray(text)).toEqual(elements)
})

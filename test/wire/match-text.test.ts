import { expect, test } from 'vitest'
import type { MatchSubject } from '../../src/wire/match.js'
import { nearestSeen, nearestWords, subjectText } from '../../src/wire/match-text.js'

const sql = (text: string): MatchSubject => ({ store: 'postgres', connection: 1, sql: text })
const get = (key: string): MatchSubject => ({ store: 'redis', connection: 1, args: ['get', key], keys: [key] })

test('letters that changed places are nearest', () => {
  expect(nearestWords('GTE')).toContain('GET')
  expect(nearestWords('SELCT')[0]).toBe('SELECT')
  expect(nearestWords('XYZXYZ')).toEqual([])
})

test('what was seen is written as a match could be, long texts are cut', () => {
  expect(subjectText(sql('UPDATE seats SET a = 1'))).toBe('update seats set a = ?')
  expect(subjectText(get('user:1'))).toBe('GET user:1')
  expect(subjectText({ store: 'redis', connection: 1, args: ['PUBLISH', 'news', 'text'] })).toBe('PUBLISH news')
  expect(subjectText(sql(`select ${'a, '.repeat(60)}b`))).toHaveLength(100)
})

test('the three nearest are told, with how often each was seen', () => {
  const seen = [sql('update seat set a = 1'), sql('update seat set a = 2'), sql('select 1'), get('users:1'), sql('begin'), get('cart:1')]
  expect(nearestSeen('UPDATE seats', seen)[0]).toBe('update seat set a = ?  ×2')
  expect(nearestSeen('sql /^update seats/i', seen)[0]).toBe('update seat set a = ?  ×2')
  expect(nearestSeen('GET user:*', seen)[0]).toBe('GET users:1')
  expect(nearestSeen('GET user:*', seen)).toHaveLength(3)
  expect(nearestSeen('GET user:*', [])).toEqual([])
})

import { expect, test } from 'vitest'
import { clockText, dateText, daysFromDate } from '../../src/primitives/calendar.js'

test.each([
  [0, '1970-01-01', ''],
  [19_782, '2024-02-29', ''],
  [-1, '1969-12-31', ''],
  [11_016, '2000-02-29', ''],
  [-25_509, '1900-02-28', ''],
  [-25_508, '1900-03-01', ''],
  [-719_162, '0001-01-01', ''],
  [-719_163, '0001-12-31', ' BC'],
  [-735_160, '0044-03-15', ' BC'],
  // The last days of PostgreSQL's timestamps and dates.
  [106_762_939, '294276-12-31', ''],
  [2_145_042_905, '5874897-12-31', ''],
])('day %i is %s%s', (days, day, era) => {
  expect(dateText(days)).toEqual({ day, era })
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  expect(daysFromDate(era === '' ? year : 1 - year, month, date)).toBe(days)
})

test('every day of eight centuries is as a Date has it', () => {
  const wrong: string[] = []
  for (let days = -146_097; days < 146_097; days += 1) {
    const known = new Date(days * 86_400_000)
    if (dateText(days).day !== known.toISOString().slice(0, 10)) wrong.push(`${days} is ${dateText(days).day}`)
    if (daysFromDate(known.getUTCFullYear(), known.getUTCMonth() + 1, known.getUTCDate()) !== days) wrong.push(`${days} is not found`)
  }
  expect(wrong).toEqual([])
})

test('a time of day is told to the microsecond', () => {
  expect([clockText(0), clockText(86_399_999_999), clockText(3_661_000_050)]).toEqual([
    '00:00:00.000000',
    '23:59:59.999999',
    '01:01:01.000050',
  ])
})

import { expect, test } from 'vitest'
import { formatDuration, readDuration } from '../../src/primitives/duration.js'

test.each([
  [0, 0],
  [1.5, 1500],
  ['250ms', 250],
  ['30s', 30_000],
  ['30 s', 30_000],
  ['1.5h', 5_400_000],
  ['5m', 300_000],
  ['1d', 86_400_000],
])('%j is %d ms', (duration, milliseconds) => {
  expect(readDuration(duration, 'min')).toBe(milliseconds)
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '', '5', '5 years', 'm', '-5m', null, {}])('%j is refused', (duration) => {
  expect(() => readDuration(duration, 'min')).toThrow(
    "Option 'min' must be a number of seconds, or a text such as '250ms', '30s', '5m', '2h' or '1d', but is",
  )
})

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [59_999, '59.9 s'],
  [60_000, '1 min'],
  [3_599_000, '59 min 59 s'],
  [5_400_000, '1 h 30 min'],
  [86_400_000 * 400 + 1000, '400 d 1 s'],
])('%d ms are printed as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})

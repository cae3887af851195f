import { expect, test } from 'vitest'
import { findLaw, fitPower, holdsLaw } from '../../../src/plan/growth/fit.js'

const SIZES = [2_000, 8_000, 32_000, 128_000, 512_000]
const of = (count: (size: number) => number): readonly number[] => SIZES.map((size) => Math.round(count(size)))

test('the exponent and r² of a power are found', () => {
  expect(fitPower(SIZES, [34, 133, 524, 2_089, 8_352]).exponent).toBeCloseTo(0.99, 2)
  expect(fitPower(SIZES, [34, 133, 524, 2_089, 8_352]).r2).toBeCloseTo(1, 3)
  expect(fitPower(SIZES, [3, 4, 3, 3, 4]).exponent).toBeCloseTo(0.02, 2)
  expect(fitPower([1, 10, 100], [5, 5, 5])).toEqual({ exponent: 0, r2: 1 })
  expect(fitPower([1, 10, 100], [0, 0, 0])).toEqual({ exponent: 0, r2: 1 })
  expect(fitPower([1, 10, 100], [1, 900, 2]).r2).toBeLessThan(0.1)
})

test.each([
  ['O(1)', () => 7],
  ['O(log n)', (n: number) => 20 * Math.log2(n)],
  ['O(n)', (n: number) => n * 3],
  ['O(n log n)', (n: number) => 10 * n * Math.log2(n)],
  ['O(n²)', (n: number) => n ** 2],
  [undefined, (n: number) => n ** 3],
] as const)('the slowest law is found: %s', (law, count) => {
  const sizes = [4, 32, 256, 2_048]
  expect(
    findLaw(
      sizes,
      sizes.map((size) => Math.round(count(size))),
    ),
  ).toBe(law)
})

test('among large sizes a logarithm is not told from a constant', () => {
  expect(
    findLaw(
      SIZES,
      of((n) => 20 * Math.log2(n)),
    ),
  ).toBe('O(1)')
})

test('a law holds for everything that grows slower, and not for what grows faster', () => {
  expect(
    holdsLaw(
      'O(n)',
      SIZES,
      of((n) => Math.log2(n)),
    ),
  ).toBe(true)
  expect(
    holdsLaw(
      'O(log n)',
      SIZES,
      of((n) => Math.sqrt(n)),
    ),
  ).toBe(false)
  expect(
    holdsLaw(
      'O(n)',
      SIZES,
      of((n) => n ** 1.2),
    ),
  ).toBe(false)
})

test('the height of a tree of few rows is O(log n), and shrinking work is O(1)', () => {
  expect(findLaw([1_000, 8_000, 8_001], [2, 3, 3])).toBe('O(log n)')
  expect(findLaw([1_000, 8_000, 64_000], [9, 4, 2])).toBe('O(1)')
})

test('a constant part does not hide what grows with it', () => {
  expect(findLaw([100, 400, 800], [4, 7, 11])).toBe('O(n)')
})

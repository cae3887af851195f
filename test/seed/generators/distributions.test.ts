import { describe, expect, test } from 'vitest'
import { growth } from '../../../src/seed/generators/growth.js'
import { normalShare } from '../../../src/seed/generators/normal-quantile.js'
import { lognormal, normal } from '../../../src/seed/generators/normal.js'
import { nullable } from '../../../src/seed/generators/nullable.js'
import { constant, oneOf, weighted } from '../../../src/seed/generators/one-of.js'
import { poisson } from '../../../src/seed/generators/poisson.js'
import { uniform, uniformFloat } from '../../../src/seed/generators/uniform.js'
import { zipf } from '../../../src/seed/generators/zipf.js'
import { bindIn, fitZ, kolmogorov, valuesOf } from './with-context.js'

const ROWS = 200_000
const stage = { rows: { orders: ROWS } }

function countsOf(values: readonly unknown[], of: readonly unknown[]): number[] {
  const counts = new Map<unknown, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return of.map((value) => counts.get(value) ?? 0)
}

test('uniform numbers come equally often, both ends too', () => {
  const values = valuesOf(bindIn(uniform({ min: -2, max: 4 }), stage), ROWS)
  expect(Math.abs(fitZ(countsOf(values, [-2, -1, 0, 1, 2, 3, 4]), [1, 1, 1, 1, 1, 1, 1]))).toBeLessThan(4)
  expect(kolmogorov(valuesOf(bindIn(uniformFloat({ min: 2, max: 6 }), stage), ROWS).map(Number), (value) => (value - 2) / 4)).toBeLessThan(
    1.95,
  )
})

test('weights are exact down to a tenth of a percent', () => {
  const values = valuesOf(bindIn(weighted({ DE: 40, FR: 59.9, LI: 0.1 }), stage), ROWS)
  expect(Math.abs(fitZ(countsOf(values, ['DE', 'FR', 'LI']), [40, 59.9, 0.1]))).toBeLessThan(4)
  expect(countsOf(values, ['LI'])[0]).toBeGreaterThan(130)
  const pairs = valuesOf(
    bindIn(
      weighted<number | boolean | string | null>([
        [1, 1],
        [true, 2],
        [null, 1],
        ['never', 0],
      ]),
      stage,
    ),
    ROWS,
  )
  expect(Math.abs(fitZ(countsOf(pairs, [1, true, null]), [1, 2, 1]))).toBeLessThan(4)
  expect(pairs).not.toContain('never')
})

test('oneOf is even, nullable keeps its share', () => {
  expect(Math.abs(fitZ(countsOf(valuesOf(bindIn(oneOf(['a', 'b', 'c']), stage), ROWS), ['a', 'b', 'c']), [1, 1, 1]))).toBeLessThan(4)
  const values = valuesOf(bindIn(nullable(0.25, constant(1)), stage), ROWS)
  expect(Math.abs(fitZ(countsOf(values, [null, 1]), [0.25, 0.75]))).toBeLessThan(4)
})

describe('curves', () => {
  test('a normal one has its mean and deviation', () => {
    const values = valuesOf(bindIn(normal({ mean: 10, deviation: 3 }), stage), ROWS).map(Number)
    expect(kolmogorov(values, (value) => normalShare((value - 10) / 3))).toBeLessThan(1.95)
  })

  test('a cut one has no heap at its edge', () => {
    const values = valuesOf(bindIn(normal({ mean: 0, deviation: 1, min: 0 }), stage), ROWS).map(Number)
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThanOrEqual(0)
    expect(kolmogorov(values, (value) => 2 * normalShare(value) - 1)).toBeLessThan(1.95)
  })

  test('a lognormal one has its median and its 99th percentile', () => {
    const sorted = valuesOf(bindIn(lognormal({ median: 40, p99: 900 }), stage), ROWS)
      .map(Number)
      .toSorted((left, right) => left - right)
    expect(sorted[ROWS / 2]! / 40).toBeCloseTo(1, 1)
    expect(sorted[ROWS * 0.99]! / 900).toBeCloseTo(1, 1)
    expect(
      kolmogorov(sorted, (value) => normalShare((Math.log(value) - Math.log(40)) / (Math.log(900 / 40) / 2.3263478740408408))),
    ).toBeLessThan(1.95)
  })
})

test.each([0.1, 2.5, 40, 5000])('poisson counts of mean %f have that mean and that variance', (mean) => {
  const values = valuesOf(bindIn(poisson(mean), stage), ROWS).map(Number)
  const average = values.reduce((sum, value) => sum + value, 0) / ROWS
  const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / ROWS
  expect(Math.abs(average - mean)).toBeLessThan(4.5 * Math.sqrt(mean / ROWS))
  // The deviation of a sample variance is √(μ + 2μ²) / √n for Poisson.
  expect(Math.abs(variance - mean)).toBeLessThan(4.5 * Math.sqrt((mean + 2 * mean * mean) / ROWS))
})

test.each([
  [50, 0.8],
  [50, 1],
  [2_000_000, 1],
  [2_000_000, 1.5],
  [2_000_000, 0.5],
])('zipf of %i values and exponent %f', (size, exponent) => {
  const bound = bindIn(zipf({ values: size, exponent }), stage)
  const hot = bound.hottest!(20)
  const values = valuesOf(bound, ROWS)
  const inTwenty = countsOf(values, hot)
  const all = Array.from({ length: size }, (_, rank) => (rank + 1) ** -exponent)
  const total = all.reduce((sum, weight) => sum + weight, 0)
  const shares = all.slice(0, 20)
  const rest = total - shares.reduce((sum, weight) => sum + weight, 0)
  expect(Math.abs(fitZ([...inTwenty, ROWS - inTwenty.reduce((sum, count) => sum + count, 0)], [...shares, rest]))).toBeLessThan(4)
  expect(hot).not.toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
})

describe('growth', () => {
  const from = Date.parse('2024-01-01T00:00:00Z')
  const to = Date.parse('2024-12-30T00:00:00Z')

  test('linear is even, exponential grows by its factor', () => {
    const even = valuesOf(bindIn(growth({ from, to }), stage), ROWS).map(Number)
    expect(kolmogorov(even, (value) => (value - from) / (to - from))).toBeLessThan(1)
    const grown = valuesOf(bindIn(growth({ from, to, shape: 'exponential', factor: 16 }), stage), ROWS).map(Number)
    const part = (to - from) / 100
    const [first, last] = [grown.filter((value) => value < from + part).length, grown.filter((value) => value >= to - part).length]
    expect(last / first).toBeCloseTo(16 ** 0.99, -1)
    expect(Math.max(...grown.slice(-10))).toBeLessThan(to)
  })

  test('seasonal follows the hours and the days of the week', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => (hour === 12 ? 10 : hour < 6 ? 0 : 1))
    const weekdays = [0, 1, 1, 1, 1, 1, 3]
    const values = valuesOf(bindIn(growth({ from, to, shape: 'seasonal', hours, weekdays }), stage), ROWS).map(
      (value) => new Date(Number(value)),
    )
    expect(
      Math.abs(
        fitZ(
          countsOf(
            values.map((value) => value.getUTCHours()),
            Array.from({ length: 18 }, (_, hour) => hour + 6),
          ),
          hours.slice(6),
        ),
      ),
    ).toBeLessThan(40)
    expect(values.filter((value) => value.getUTCDay() === 0 || value.getUTCHours() < 6)).toEqual([])
    const [friday, saturday] = countsOf(
      values.map((value) => value.getUTCDay()),
      [5, 6],
    )
    expect(saturday! / friday!).toBeCloseTo(3, 1)
  })

  test('without an end it goes up to the epoch of the dataset', () => {
    const bound = bindIn(growth({ from: '2024-12-31' }), stage)
    expect(new Date(Number(bound.at(ROWS - 1))).toISOString()).toMatch(/^2024-12-31T23:59:5/)
  })
})

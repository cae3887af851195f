import { expect, test } from 'vitest'
import { bootstrapRatio, median } from '../../src/load/bootstrap.js'

test('the middle of an even number of values lies between two', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5])
})

test('pairs that agree give a point, pairs that do not an interval around the ratio, the same for the same seed', () => {
  const agreed = Array.from({ length: 20 }, () => [4, 2] as const)
  expect(bootstrapRatio(agreed, 1)).toEqual({ low: 2, high: 2, confidence: 0.95 })

  const scattered = Array.from({ length: 20 }, (_, at) => [4 + (at % 5), 2 + (at % 3)] as const)
  const interval = bootstrapRatio(scattered, 1)
  expect(interval.low).toBeLessThan(2)
  expect(interval.high).toBeGreaterThan(2)
  expect(bootstrapRatio(scattered, 1)).toEqual(interval)
})

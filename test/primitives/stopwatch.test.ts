import { expect, test } from 'vitest'
import { startStopwatch } from '../../src/primitives/stopwatch.js'

test('steps are listed by when they began; what failed is none', async () => {
  const stopwatch = startStopwatch()
  let finish: () => void = () => {}
  const outer = stopwatch.measure('outer', () => new Promise<void>((resolve) => (finish = resolve)))
  expect(await stopwatch.measure('inner', () => Promise.resolve(7))).toBe(7)
  await expect(stopwatch.measure('failing', () => Promise.reject(new Error('bang')))).rejects.toThrow('bang')
  finish()
  await outer

  const steps = stopwatch.steps()
  expect(steps.map(({ name }) => name)).toEqual(['outer', 'inner'])
  expect(
    await stopwatch.measure(
      (found) => `found ${found}`,
      () => Promise.resolve(3),
    ),
  ).toBe(3)
  expect(stopwatch.steps().at(-1)?.name).toBe('found 3')
  const [first, second] = steps
  expect(first?.durationMs).toBeGreaterThanOrEqual(second?.durationMs ?? Infinity)
})

import { expect, test } from 'vitest'
import { createDeadline, withDeadline } from '../../src/primitives/deadline.js'

test('what is done in time is handed on', async () => {
  expect(await withDeadline(Promise.resolve('done'), 5_000, 'it')).toBe('done')
  await expect(withDeadline(Promise.reject(new Error('bang')), 5_000, 'it')).rejects.toThrow('bang')
})

test('what is late is an error that says what was waited for, with the last log', async () => {
  await expect(withDeadline(new Promise(() => {}), 10, 'rain', () => ['dry', 'drier'])).rejects.toMatchObject({
    code: 'ERR_HOTBED_TIMEOUT',
    message: 'Waited 10 ms for rain, which did not happen. [ERR_HOTBED_TIMEOUT]\n  Last lines of its log:\n    dry\n    drier',
  })
})

test('a deadline runs out', async () => {
  const deadline = createDeadline(5)
  expect(deadline.remainingMs()).toBeLessThanOrEqual(5)
  await expect.poll(() => deadline.isOver()).toBe(true)
  expect(deadline.remainingMs()).toBe(0)
  expect(createDeadline(60_000).isOver()).toBe(false)
})

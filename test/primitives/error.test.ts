import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { HotbedError, isHotbedError } from '../../src/primitives/error.js'

test('an error says what happened, its code, what to do and what the process logged last', () => {
  const cause = new Error('underneath')
  const error = new HotbedError('ERR_HOTBED_REDIS_START', { message: 'Redis did not start.', remedy: 'Try again.', log: ['a', 'b'], cause })
  expect(error.message).toBe(`Redis did not start. [ERR_HOTBED_REDIS_START]
  → Try again.
  Last lines of its log:
    a
    b`)
  expect(error).toMatchObject({ name: 'HotbedError', code: 'ERR_HOTBED_REDIS_START', remedy: 'Try again.', log: ['a', 'b'], cause })
  expect(inspect(error)).toMatch(/^HotbedError: Redis did not start/)
})

test('what is not known is left out', () => {
  const error = new HotbedError('ERR_HOTBED_OPTION', { message: 'No.' })
  expect(error.message).toBe('No. [ERR_HOTBED_OPTION]')
  expect(error).toMatchObject({ remedy: undefined, log: [] })
  expect('cause' in error).toBe(false)
})

test('errors of hotbed are known by their code, also those of another copy of the package', () => {
  expect(isHotbedError(new HotbedError('ERR_HOTBED_OPTION', { message: 'No.' }))).toBe(true)
  expect(isHotbedError(Object.assign(new Error('No.'), { code: 'ERR_HOTBED_OPTION' }))).toBe(true)
  expect(isHotbedError(Object.assign(new Error('No.'), { code: 'ENOENT' }))).toBe(false)
  expect(isHotbedError({ code: 'ERR_HOTBED_OPTION' })).toBe(false)
})

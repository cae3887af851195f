import { expect, test } from 'vitest'
import { WireError } from '../../src/wire/wire-error.js'

test('a wire error gives its reason alone and in a sentence', () => {
  const error = new WireError('a text does not end')
  expect(error).toBeInstanceOf(Error)
  expect(error.reason).toBe('a text does not end')
  expect(String(error)).toBe('WireError: The bytes are not of the protocol: a text does not end.')
  expect(Object.keys(error)).toEqual(['reason'])
})

import { expect, test } from 'vitest'
import { errorFields } from '../../src/primitives/error-fields.js'

test('reads what a driver of databases tells', () => {
  const error = Object.assign(new Error('bad'), { code: '42601', detail: 'd', hint: 'h', position: '7' })
  expect(errorFields(error)).toEqual({ message: 'bad', code: '42601', detail: 'd', hint: 'h', position: '7' })
})

test.each([
  ['text', 'text'],
  [null, 'null'],
  [undefined, 'undefined'],
  [{ code: 7 }, '[object Object]'],
])('what is no error (%j) is text', (thrown, message) => {
  expect(errorFields(thrown)).toEqual({ message, code: undefined, detail: undefined, hint: undefined, position: undefined })
})

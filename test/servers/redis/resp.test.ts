import { expect, test } from 'vitest'
import { readReply, writeRequest } from '../../../src/servers/redis/resp.js'

test.each([
  ['+OK\r\n', 'OK'],
  ['-ERR no\r\n', { error: 'ERR no' }],
  [':-12\r\n', -12],
  ['$-1\r\n', null],
  ['$4\r\nzö\r\r\n', 'zö\r'],
  ['*3\r\n:1\r\n*1\r\n$1\r\na\r\n*-1\r\n', [1, ['a'], null]],
])('%j is read, and only when it is complete', (text, reply) => {
  const bytes = Buffer.from(text)

  expect(readReply(bytes)).toEqual({ reply, end: bytes.length })
  for (let length = 0; length < bytes.length; length += 1) expect(readReply(bytes.subarray(0, length))).toBeUndefined()
})

test('what is no reply is refused', () => {
  expect(() => readReply(Buffer.from('HTTP/1.1 400\r\n'))).toThrow('This is no reply of Redis: "HTTP/1.1 400')
})

test('a request counts bytes', () => {
  expect(writeRequest(['SET', 'ö'])).toBe('*2\r\n$3\r\nSET\r\n$2\r\nö\r\n')
})

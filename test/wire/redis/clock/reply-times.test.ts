import { expect, test } from 'vitest'
import { createExecEditor, createReplyEditor, replyTimesOf } from '../../../../src/wire/redis/clock/reply-times.js'

function told(name: string, reply: string, offsetMs = 300_000): string {
  const times = replyTimesOf(name, BigInt(offsetMs))
  return times === undefined ? reply : createReplyEditor(times)(Buffer.from(reply)).toString()
}

test('fields of a hash have a moment each, or none', () => {
  expect(told('HEXPIRETIME', '*3\r\n:1700000000\r\n:-1\r\n:-2\r\n')).toBe('*3\r\n:1700000300\r\n:-1\r\n:-2\r\n')
  expect(told('HPEXPIRETIME', '*1\r\n:1700000000000\r\n')).toBe('*1\r\n:1700000300000\r\n')
  expect(told('HPEXPIRETIME', '*-1\r\n')).toBe('*-1\r\n')
  expect(told('HPEXPIRETIME', '_\r\n')).toBe('_\r\n')
})

test('seconds are rounded as the server rounds: of a key to the nearest, of a field up', () => {
  const withHalf = (name: string, ms: string): string => told(name, `:${ms}\r\n`, 100)
  expect(['1700000000399', '1700000000400'].map((ms) => withHalf('EXPIRETIME', ms))).toEqual([':1700000000\r\n', ':1700000001\r\n'])
  expect(['1699999999900', '1699999999901'].map((ms) => withHalf('HEXPIRETIME', ms))).toEqual([':1700000000\r\n', ':1700000001\r\n'])
  expect(told('LASTSAVE', ':1700000000\r\n', 1_500)).toBe(':1700000001\r\n')
})

test('errors, and what stands for a reply in a transaction, stay as they are', () => {
  for (const reply of ['+QUEUED\r\n', '-ERR no\r\n', '$-1\r\n'])
    for (const name of ['TIME', 'EXPIRETIME']) expect(told(name, reply)).toBe(reply)
})

test('the reply of EXEC in pieces is the same, wherever it is cut', () => {
  const moments = Array.from({ length: 9_000 }, (_, at) => (at % 3 === 0 ? -1 : 1_700_000_000_000 + at))
  const array = (offset: number): string => `*9000\r\n${moments.map((moment) => `:${moment < 0 ? moment : moment + offset}\r\n`).join('')}`
  const text = `$3\r\n:17\r\n`
  const times = replyTimesOf('HPEXPIRETIME', 5n)
  const clock = replyTimesOf('TIME', 999n)
  const exec = (offset: number, time: string): string => `*4\r\n${text}${array(offset)}${time}:7\r\n`
  const reply = Buffer.from(exec(0, '*2\r\n$1\r\n9\r\n$1\r\n0\r\n'))
  for (let size = 300; size < reply.length; size = Math.ceil(size * 1.7)) {
    const edit = createExecEditor((element) => [undefined, times, clock, undefined][element])
    const pieces: Buffer[] = []
    for (let at = 0; at < reply.length; at += size) pieces.push(Buffer.from(edit(reply.subarray(at, at + size))))
    expect(Buffer.concat(pieces).toString() === exec(5, '*2\r\n$1\r\n9\r\n$6\r\n999000\r\n')).toBe(true)
  }
})

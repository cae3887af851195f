import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSuite, type Suite } from '../../../src/index.js'
import { openRawSocket, said } from './tapped-suite.js'

let suite: Suite<{ redis: {} }>

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
})
beforeEach(() => suite.redis.send('FLUSHALL'))
afterAll(() => suite.dispose())

test('words on a line, quoted ones, blank lines and arrays are commands alike', async () => {
  const raw = await openRawSocket(suite.redis.url)
  const run = await suite.record(() => raw.say('SET "a key" \'it\'\r\n\r\n*0\r\n*2\r\n$3\r\nGET\r\n$5\r\na key\r\nget none\n', '$-1\r\n'))
  raw.socket.destroy()
  expect(run.result).toBe('+OK\r\n$2\r\nit\r\n$-1\r\n')
  expect(run.commands.map(({ name, keys, reply }) => `${name} [${keys.join()}] ${reply?.text}`)).toEqual([
    'SET [a key] OK',
    'GET [a key] "it"',
    'GET [none] nil',
  ])
})

test('a request that comes byte by byte is one command', async () => {
  const raw = await openRawSocket(suite.redis.url)
  const run = await suite.record(async () => {
    const answered = raw.say('', 'v\r\n')
    for (const byte of '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nv\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n') {
      await new Promise<void>((resolve) => void raw.socket.write(byte, () => resolve()))
    }
    return answered
  })
  raw.socket.destroy()
  expect(run.result).toBe('+OK\r\n$1\r\nv\r\n')
  expect(said(run)).toEqual(['SET a v', 'GET a'])
})

test('CLIENT REPLY OFF and SKIP: what gets no reply is recorded without one, and later replies find their requests', async () => {
  const raw = await openRawSocket(suite.redis.url)
  const run = await suite.record(async () => [
    await raw.say('CLIENT REPLY SKIP\r\nSET a 1\r\nGET a\r\n', '1\r\n'),
    await raw.say('CLIENT REPLY OFF\r\nINCR a\r\nGET a\r\nCLIENT REPLY ON\r\nGET a\r\n', '2\r\n'),
  ])
  raw.socket.destroy()
  expect(run.result).toEqual(['$1\r\n1\r\n', '+OK\r\n$1\r\n2\r\n'])
  expect(run.commands.map(({ name, reply }) => `${name} ${reply?.text}`)).toEqual([
    'SET undefined',
    'GET "1"',
    'INCR undefined',
    'GET undefined',
    'GET "2"',
  ])
  expect(run.connections.list.every(({ orphans }) => orphans === 0)).toBe(true)
})

test('MONITOR tells until RESET, and replies find their requests before and after', async () => {
  const raw = await openRawSocket(suite.redis.url)
  const run = await suite.record(async () => {
    await raw.say('MONITOR\r\n', '+OK\r\n')
    const told = raw.say('', '"told"\r\n')
    await suite.redis.send('GET', 'told')
    await told
    await raw.say('RESET\r\n', '+RESET\r\n')
    return raw.say('GET none\r\n', '$-1\r\n')
  })
  raw.socket.destroy()
  expect(run.result).toBe('$-1\r\n')
  expect(run.timeline.concat(run.setUp).map((event) => (event.store === 'redis' ? `${event.name} ${event.reply?.text}` : ''))).toEqual([
    'MONITOR OK',
    'GET nil',
    'RESET RESET',
  ])
  expect(run.connections.list.every(({ orphans }) => orphans === 0)).toBe(true)
})

test('RESET ends a transaction, subscriptions and RESP3', async () => {
  const raw = await openRawSocket(suite.redis.url)
  const run = await suite.record(async () => {
    await raw.say('HELLO 3\r\nSUBSCRIBE a b\r\nMULTI\r\nSET x 1\r\n', '+QUEUED\r\n')
    await raw.say('RESET\r\n', '+RESET\r\n')
    return raw.say('GET x\r\n', '$-1\r\n')
  })
  raw.socket.destroy()
  expect(run.result).toBe('$-1\r\n')
  expect(run.commands.map(({ name, inTransaction, end }) => [name, inTransaction, end !== undefined])).toEqual([
    ['SUBSCRIBE', false, true],
    ['MULTI', false, true],
    ['SET', true, true],
    ['GET', false, true],
  ])
  // Of the test before, the tap may not have heard yet that its client has gone.
  expect(run.connections.list.filter(({ id }) => id === run.commands[0]?.connection).map(({ status }) => status)).toEqual(['I'])
})

test('QUIT is answered, and the end of the connection follows', async () => {
  const raw = await openRawSocket(suite.redis.url)
  raw.socket.write('QUIT\r\n')
  expect(await raw.ended).toBe('+OK\r\n')
})

describe('replies that redirect', () => {
  test.each(['MOVED 3999 127.0.0.1:6381', 'ASK 3999 127.0.0.1:6381'])('%s goes on as it is', async (redirect) => {
    await suite.redis.send(
      'FUNCTION',
      'LOAD',
      'REPLACE',
      `#!lua name=lib\nredis.register_function('redirect', function(keys) return redis.error_reply('${redirect}') end)`,
    )
    const raw = await openRawSocket(suite.redis.url)
    const run = await suite.record(() => raw.say('FCALL redirect 1 key\r\nPING\r\n', '+PONG\r\n'))
    raw.socket.destroy()
    expect(run.result).toBe(`-${redirect}\r\n+PONG\r\n`)
    expect(run.commands.map(({ error }) => error)).toEqual([redirect, undefined])
  })
})

import { once } from 'node:events'
import { createClient } from 'redis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSuite, type Suite } from '../../../src/index.js'
import { openRawSocket, said, type RawSocket } from './tapped-suite.js'

let suite: Suite<{ redis: {} }>

beforeAll(async () => {
  suite = await startSuite({ redis: {} })
})
afterAll(() => suite.dispose())

test.each([
  [
    'a length that is no number',
    '*1\r\n$x\r\n',
    /^the client sent what is no message: the length of an argument is not a number: 'x' in it$/,
  ],
  [
    '1 GB announced',
    '*1\r\n$1073741824\r\n',
    /^the client sent what is no message: an argument of 1073741824 bytes; 536870912 are allowed$/,
  ],
  ['an array in an array', '*1\r\n*1\r\n', /^the client sent what is no message: '\*' after the number of arguments/],
  [
    'bytes of another protocol',
    '\x16\x03\x01'.padEnd(70_000, '\x01'),
    /^the client sent what is no message: a line of more than 65536 bytes/,
  ],
])('%s from a client ends its connection, with the reason, and no other', async (_name, garbage, reason) => {
  const [raw, other] = [await openRawSocket(suite.redis.url), await openRawSocket(suite.redis.url)]
  const run = await suite.record(async () => {
    await raw.say('PING\r\n', '+PONG\r\n')
    raw.socket.write(garbage, 'latin1')
    expect(await raw.ended).toBe('+PONG\r\n')
    return other.say('PING\r\n', '+PONG\r\n')
  })
  other.socket.destroy()
  expect(run.result).toBe('+PONG\r\n')
  expect(run.connections.list.flatMap(({ endedBecause }) => endedBecause ?? [])).toEqual([expect.stringMatching(reason)])
})

test('half a request and then silence, or a client that vanishes, holds nobody up', async () => {
  const [silent, vanishing, other] = [
    await openRawSocket(suite.redis.url),
    await openRawSocket(suite.redis.url),
    await openRawSocket(suite.redis.url),
  ]
  const run = await suite.record(async () => {
    silent.socket.write('*2\r\n$3\r\nGET\r\n$10\r\nhal')
    vanishing.socket.write('BLPOP nothing 0\r\nGET a\r\n')
    await other.say('PING\r\n', '+PONG\r\n')
    vanishing.socket.resetAndDestroy()
    return other.say('GET none\r\n', '$-1\r\n')
  })
  silent.socket.destroy()
  other.socket.destroy()
  expect(run.result).toBe('$-1\r\n')
  expect(said(run)).toEqual(expect.arrayContaining(['PING', 'GET none']))
})

test('a client that the server kills is told, and the tap did not end it', async () => {
  const client = createClient({ url: suite.redis.url, name: 'killed', socket: { reconnectStrategy: false } })
  const failed = once(client, 'error')
  await client.connect()
  const id = await client.clientId()
  const run = await suite.record(async () => {
    await suite.redis.send('CLIENT', 'KILL', 'ID', id)
    return String((await failed)[0])
  })
  expect(run.result).toMatch(/Socket closed unexpectedly/)
  const killed = run.connections.list.filter(({ name }) => name === 'killed')
  expect(killed.map(({ closedAt, endedBecause }) => [closedAt !== undefined, endedBecause])).toEqual([[true, undefined]])
})

test('a server that dies in the middle of a reply ends the connection; the command has no reply', async () => {
  await using dying = await startSuite({ redis: {} })
  const [, pid] = /process_id:(\d+)/.exec(String(await dying.redis.send('INFO', 'server'))) ?? []
  const raw = await openRawSocket(dying.redis.url)
  await raw.say('SET large x\r\nSETRANGE large 60000000 x\r\n', ':60000001\r\n')
  const run = await dying.record(async () => {
    const begun = once(raw.socket, 'data')
    raw.socket.write('GET large\r\n')
    await begun
    raw.socket.pause()
    process.kill(Number(pid), 'SIGKILL')
    raw.socket.resume()
    return (await raw.ended).length
  })
  expect(run.result).toBeLessThan(60_000_000)
  expect(run.commands.map(({ name, end, reply }) => [name, end, reply])).toEqual([['GET', undefined, undefined]])
  expect(run.connections.list[0]?.closedAt).toBeDefined()
})

test('500 connections at once each get their own replies', async () => {
  const run = await suite.record(async () => {
    const sockets: RawSocket[] = await Promise.all(Array.from({ length: 500 }, () => openRawSocket(suite.redis.url)))
    const replies = await Promise.all(sockets.map(({ say }, at) => say(`ECHO e${at}\r\n`, `e${at}\r\n`)))
    for (const { socket } of sockets) socket.destroy()
    return replies
  })
  expect(run.result).toEqual(Array.from({ length: 500 }, (_, at) => `$${`e${at}`.length}\r\ne${at}\r\n`))
  expect(run.connections.peak.redis).toBeGreaterThanOrEqual(500)
  expect(run.commands).toHaveLength(500)
})

test('recordings of one suite that are open together say so', async () => {
  const raw = await openRawSocket(suite.redis.url)
  const outer = await suite.startRecording()
  const inner = await suite.record(() => raw.say('PING\r\n', '+PONG\r\n'))
  const both = await outer.stop()
  const later = await suite.record(() => raw.say('PING\r\n', '+PONG\r\n'))
  raw.socket.destroy()
  expect([inner.overlapping, both.overlapping, later.overlapping]).toEqual([true, true, false])
  expect([said(inner), said(both)]).toEqual([['PING'], ['PING']])
})

test('a suite that has ended cannot be recorded, steered or asked for its connections', async () => {
  const ended = await startSuite({ redis: {} })
  const open = await ended.startRecording()
  await ended.dispose()
  const refusal = {
    code: 'ERR_HOTBED_DISPOSED',
    message: expect.stringMatching(/^The suite has ended; nothing can be recorded or steered in it any more\./) as string,
  }
  await expect(ended.record(() => 1)).rejects.toMatchObject(refusal)
  await expect(open.stop()).rejects.toMatchObject(refusal)
  await expect(ended.connections()).rejects.toMatchObject(refusal)
})

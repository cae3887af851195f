import { expect, test } from 'vitest'
import { createRedisSession, type RedisSession } from '../../../src/wire/redis/session.js'
import type { RedisRequest } from '../../../src/wire/redis/request.js'

interface Told {
  readonly session: RedisSession<string>
  readonly told: string[]
  readonly say: (text: string) => RedisRequest<string> | undefined
  readonly answer: (text: string, kind?: string) => RedisRequest<string> | undefined
}

/** Lines in, what the session tells out. `steer` is asked at every beginning. */
function follow(steer: (request: RedisRequest<string>) => void = () => undefined): Told {
  const told: string[] = []
  const session = createRedisSession<string>(new Map(), {
    begin: (request) => {
      request.tag = request.args().join(' ')
      steer(request)
    },
    end: (request, reply, replyBytes) =>
      told.push(`${request.tag}: ${Buffer.isBuffer(reply) ? reply.toString().trim() : JSON.stringify(reply)} (${replyBytes})`),
    unasked: (what, bytes, index, isLast) => told.push(`${what} ${bytes.toString().trim()} ${index} ${isLast}`),
  })
  return {
    session,
    told,
    say: (text) => session.client('inline', Buffer.from(`${text}\r\n`)),
    answer: (text, kind = 'reply') => session.server(kind, Buffer.from(`${text}\r\n`)),
  }
}

test('a substituted command takes one reply and changes nothing', () => {
  const { session, told, say, answer } = follow((request) => {
    if (request.name() !== 'GET') request.substitute()
  })
  const subscribe = say('SUBSCRIBE a b')
  say('MULTI')
  const get = say('GET k')
  expect(session.current()).toBe(subscribe)
  expect(answer('$0\r\n')).toBe(subscribe)
  answer('+OK')
  expect(answer('+QUEUED')).toBe(get)
  expect(told).toEqual(['SUBSCRIBE a b:  (6)', 'MULTI: +OK (5)', 'GET k: +QUEUED (9)'].map((line) => line.replace(':  (', ': $0 (')))
  expect([session.status(), session.state().isSubscriber, get?.inTransaction]).toEqual(['I', false, false])
})

test('a withdrawn command is not waited for', () => {
  const { session, told, say, answer } = follow((request) => {
    if (request.name() === 'GET') request.withdraw()
  })
  say('GET k')
  const ping = say('PING')
  expect(session.pending()).toBe(1)
  expect(answer('+PONG')).toBe(ping)
  expect(told).toEqual(['PING: +PONG (7)'])
})

test('a reply that nobody asked for is told, whole or in pieces, and is no error', () => {
  const { session, told, answer } = follow()
  expect(answer('+surprise')).toBeUndefined()
  answer('>2\r\n+x\r\n+y', 'push')
  session.server('reply', Buffer.from('$9\r\nabc'), 0, false)
  session.server('reply', Buffer.from('defghi\r\n'), 1, true)
  expect(told).toEqual(['orphan +surprise 0 true', 'message >2\r\n+x\r\n+y 0 true', 'orphan $9\r\nabc 0 false', 'orphan defghi 1 true'])
})

test('an unsubscription that the server decided on is a message, whatever waits', () => {
  const { told, say, answer } = follow()
  const get = say('GET k')
  answer('>3\r\n$12\r\nsunsubscribe\r\n$1\r\na\r\n:0', 'push')
  expect(answer('_')).toBe(get)
  expect(told[0]).toMatch(/^message >3/)
})

test('arguments are read while the request begins, or not at all', () => {
  const session = createRedisSession(new Map(), { begin: () => undefined, end: () => undefined, unasked: () => undefined })
  const request = session.client('command', Buffer.from('*2\r\n$3\r\nGET\r\n$1\r\nk\r\n'))
  expect(() => request?.args()).toThrow('The arguments of a request are read while it begins, or not at all.')
})

test('of a request in pieces there are the arguments that have come, and all of them in the end', () => {
  const { session } = follow()
  const bytes = Buffer.from(`*4\r\n$4\r\nMSET\r\n$1\r\na\r\n$70000\r\n${'x'.repeat(70_000)}\r\n$1\r\nb\r\n`)
  const request = session.client('command', bytes.subarray(0, 65_536), 0, false)
  expect([request?.args().slice(0, 2), request?.args().length, request?.isWhole]).toEqual([['MSET', 'a'], 2, false])
  session.client('command', bytes.subarray(65_536), 1, true)
  expect([request?.args().map(({ length }) => length), request?.bytes, request?.isWhole]).toEqual([[4, 1, 4096, 1], bytes.length, true])
})

test('inline words are split as Redis splits them', () => {
  const { say } = follow()
  expect(say(String.raw`SET "a \"b\"\x41\n" 'it\'s' plain`)?.args()).toEqual(['SET', 'a "b"A\n', "it's", 'plain'])
})

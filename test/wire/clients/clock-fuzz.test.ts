import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createReplyFrames } from '../../../src/wire/redis/frames.js'
import { encodeRequest } from '../../../src/wire/redis/clock/request-editor.js'
import { openTappedRedisSuite, type TappedRedisSuite } from './tapped-redis-suite.js'
import { portOf } from './tapped-suite.js'

const OFFSETS = [300_000, 86_399_999] as const
const REQUESTS = 800

let suite: TappedRedisSuite
beforeAll(async () => {
  suite = await openTappedRedisSuite()
})
beforeEach(() => suite.send('FLUSHALL'))
afterAll(() => suite.dispose())

/** Mulberry32: the same numbers for the same seed. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

interface Step {
  readonly request: Buffer
  /** Of each reply, in short. */
  readonly replies: readonly string[]
}

/** In short: a reply of a text is so long that it has only its length and its end. */
function short(reply: string): string {
  return reply.length > 100 ? `${reply.length} ${reply.slice(-20)}` : reply
}

function createSteps(random: (below: number) => number, dump: string, now: number): Step[] {
  const steps: Step[] = []
  const command = (args: readonly string[]): Buffer => encodeRequest(args)
  for (let at = 0; at < REQUESTS; at += 1) {
    const key = `k${at}`
    const seconds = Math.ceil(now / 1000) + 1_000 + random(1_000_000)
    const ms = seconds * 1000 + random(1000)
    const large = 'v'.repeat(random(20) === 0 ? 60_000 + random(90_000) : random(200))
    const found = `$${large.length}\r\n${large}\r\n`
    switch (random(8)) {
      case 0:
        steps.push({
          request: Buffer.concat([command(['SET', key, large, 'PXAT', String(ms)]), command(['PEXPIRETIME', key]), command(['GET', key])]),
          replies: ['+OK\r\n', `:${ms}\r\n`, found],
        })
        break
      case 1:
        steps.push({
          request: Buffer.concat([command(['SET', key, large, 'EXAT', String(seconds)]), command(['EXPIRETIME', key])]),
          replies: ['+OK\r\n', `:${seconds}\r\n`],
        })
        break
      case 2:
        steps.push({ request: command(['ECHO', key]), replies: [`$${key.length}\r\n${key}\r\n`] })
        break
      case 3:
        steps.push({
          request: Buffer.concat([
            command(['MULTI']),
            command(['SET', key, large, 'PXAT', String(ms)]),
            command(['PEXPIRETIME', key]),
            command(['GET', key]),
            command(['EXPIRETIME', 'none']),
            command(['EXEC']),
          ]),
          replies: ['+OK\r\n', ...Array.from({ length: 4 }, () => '+QUEUED\r\n'), `*4\r\n+OK\r\n:${ms}\r\n${found}:-2\r\n`],
        })
        break
      case 4:
        steps.push({
          request: Buffer.from(`SET ${key} 'a b' PXAT ${ms}\r\nPEXPIRETIME ${key}\r\n`),
          replies: ['+OK\r\n', `:${ms}\r\n`],
        })
        break
      case 5:
        steps.push({
          request: Buffer.concat([command(['RESTORE', key, String(ms), dump, 'ABSTTL']), command(['PEXPIRETIME', key])]),
          replies: ['+OK\r\n', `:${ms}\r\n`],
        })
        break
      case 6:
        steps.push({
          request: Buffer.concat([
            command(['CLIENT', 'REPLY', 'SKIP']),
            command(['SET', key, large, 'PXAT', String(ms)]),
            command(['PEXPIRETIME', key]),
          ]),
          replies: [`:${ms}\r\n`],
        })
        break
      default:
        steps.push({
          request: Buffer.concat([command(['SET', key, 'v', 'PXAT', 'soon']), command(['EXPIREAT', key, '-1', 'NX'])]),
          replies: ['-ERR value is not an integer or out of range\r\n', ':0\r\n'],
        })
    }
  }
  return steps
}

test.each(OFFSETS)('each request gets its own reply, wherever it is cut, with the clock %i ms ahead', async (offset) => {
  const seed = Date.now() % 2 ** 31
  const random = createRandom(seed)
  // DUMP's bytes, of a value that is larger than what is held of a frame, now and then.
  const { createClient, RESP_TYPES } = await import('redis')
  const direct = await createClient({ url: suite.directUrl }).connect()
  await direct.set('source', Buffer.from(Array.from({ length: 70_000 }, () => random(256))))
  const dump = await direct.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).dump('source')
  await direct.close()
  await suite.setClockOffset(offset)

  const steps = createSteps(random, dump.toString('latin1'), Date.now() + offset)
  const expected = steps.flatMap(({ replies }) => replies.map(short))
  const socket = connect(portOf(suite.url), '127.0.0.1')
  socket.setNoDelay(true)
  await once(socket, 'connect')
  const come: string[] = []
  const all = new Promise<void>((resolve, reject) => {
    socket.once('close', () => reject(new Error(`the connection ended after ${come.length} replies`)))
    const long: Buffer[] = []
    const take = (reply: string): void => {
      come.push(short(reply))
      if (come.length === expected.length) resolve()
    }
    const { read } = createReplyFrames({
      frame: (_kind, bytes) => take(bytes.toString('latin1')),
      piece: (_kind, bytes, _index, isLast) => {
        long.push(Buffer.from(bytes))
        if (isLast) take(Buffer.concat(long.splice(0)).toString('latin1'))
      },
    })
    socket.on('data', read)
  })
  const bytes = Buffer.concat(steps.map(({ request }) => request))
  for (let at = 0; at < bytes.length;) {
    const size = random(4) === 0 ? 1 + random(30) : 1 + random(100_000)
    socket.write(bytes.subarray(at, at + size))
    at += size
    // Else Node would join what follows.
    if (random(3) === 0) await new Promise((resolve) => void setImmediate(resolve))
  }
  await all
  socket.removeAllListeners('close').destroy()
  const wrong = expected.findIndex((reply, at) => reply !== come[at])
  expect({ seed, wrong, come: come[wrong], expected: expected[wrong] }).toEqual({ seed, wrong: -1, come: undefined, expected: undefined })
  expect(await suite.untranslated()).toEqual([])
})

import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { serialize } from 'node:v8'
import { afterEach, expect, test } from 'vitest'
import { openMessageChannel } from '../../src/primitives/message-channel.js'

const ends: (() => void)[] = []

afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** Both ends of a real connection. */
async function connectPair(): Promise<readonly [Socket, Socket]> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const accepted = new Promise<Socket>((resolve) => void server.once('connection', resolve))
  const near = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const far = await accepted
  ends.push(() => [near.destroy(), far.destroy(), server.close()])
  return [near, far]
}

/** Collects messages until there are `count` of them. */
function collect(
  socket: Socket,
  count: number,
): { readonly messages: unknown[]; readonly all: Promise<unknown[]>; readonly closed: Promise<void> } {
  const messages: unknown[] = []
  let channel: { readonly closed: Promise<void> } | undefined
  const all = new Promise<unknown[]>((resolve) => {
    channel = openMessageChannel(socket, (message) => {
      messages.push(message)
      if (messages.length === count) resolve(messages)
    })
  })
  return { messages, all, closed: channel?.closed ?? Promise.resolve() }
}

/** The bytes of messages as they go over the wire. */
function encode(messages: readonly unknown[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => {
      const body = serialize(message)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(body.length)
      return [length, body]
    }),
  )
}

/** A small generator of numbers from 0 to 1, so that a failure can be had again from its seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const VALUES: readonly unknown[] = [
  undefined,
  null,
  0,
  '',
  'ÄÖ💾',
  new Date(0),
  Buffer.from([0, 255]),
  new Map([['a', 1n]]),
  [[]],
  { deep: { list: [1, 'two', null] } },
  'x'.repeat(3_000),
]

test('values arrive as they were, in both directions and in order', async () => {
  const [near, far] = await connectPair()
  const atFar = collect(far, VALUES.length)
  const channel = openMessageChannel(near, () => {})

  for (const value of VALUES) channel.send(value)

  expect(await atFar.all).toEqual(VALUES)
})

test.each(Array.from({ length: 40 }, (_, seed) => seed))('any cutting of the bytes gives the same messages (seed %i)', async (seed) => {
  const random = createRandom(seed)
  const messages = Array.from({ length: 1 + Math.floor(random() * 30) }, () => VALUES[Math.floor(random() * VALUES.length)])
  const bytes = encode(messages)
  const [near, far] = await connectPair()
  const { all } = collect(far, messages.length)

  const longest = [1, 7, 64, 5_000][seed % 4] ?? 1
  for (let at = 0; at < bytes.length;) {
    const size = 1 + Math.floor(random() * longest)
    // What a socket gives out, whatever the system joins on the way.
    far.emit('data', bytes.subarray(at, at + size))
    at += size
  }

  expect(await all).toEqual(messages)
  near.destroy()
})

test('a message of 50 MB arrives whole, and small ones around it', async () => {
  const [near, far] = await connectPair()
  const big = Buffer.alloc(50_000_000, 7)
  const { all } = collect(far, 3)
  const channel = openMessageChannel(near, () => {})

  for (const message of ['before', big, 'after']) channel.send(message)

  const [before, received, after] = await all
  expect([before, after]).toEqual(['before', 'after'])
  expect(Buffer.compare(received as Buffer, big)).toBe(0)
})

test('half a message before the end is no message, and both ends see the end', async () => {
  const [near, far] = await connectPair()
  const { messages, closed } = collect(far, 2)
  const bytes = encode(['whole', 'half'])

  near.end(bytes.subarray(0, bytes.length - 2))
  await closed

  expect(messages).toEqual(['whole'])
})

test('the end of a process that resets the connection is an end, not an uncaught error', async () => {
  const [near, far] = await connectPair()
  const channel = openMessageChannel(far, () => {})

  near.resetAndDestroy()

  await expect(channel.closed).resolves.toBeUndefined()
})

test('what cannot be serialised is refused, and the channel still works', async () => {
  const [near, far] = await connectPair()
  const { all } = collect(far, 1)
  const channel = openMessageChannel(near, () => {})

  expect(() => channel.send({ run: () => {} })).toThrow('could not be cloned')
  channel.send('next')

  expect(await all).toEqual(['next'])
})

import { describe, expect, test } from 'vitest'
import { usePostgres } from '../../plan/with-postgres.js'
import { collect, message, packet, STARTUP } from './collect.js'
import { converse, talkAboutEverything } from './converse.js'

const SSL = packet(80_877_103)
const CANCEL = packet(80_877_102, '\0\0\0\x07abcd')

describe('whole frames', () => {
  test('a chunk with several is cut without a copy', () => {
    const chunk = Buffer.concat([message('1'), message('C', 'SELECT 1\0'), message('Z', 'I')])
    const reader = collect('server')
    reader.read(chunk)
    expect(reader.calls).toEqual(['frame 1 5', 'frame C 14', 'frame Z 6'])
    expect(reader.bytes()).toEqual(chunk)
  })

  test('a client first sends packets without a type, then messages', () => {
    const reader = collect('client')
    reader.read(Buffer.concat([packet(80_877_104), SSL]))
    reader.read(Buffer.concat([STARTUP, message('p', 'secret\0'), message('Q', 'SELECT 1\0')]))
    expect(reader.calls).toEqual(['frame gss 8', 'frame ssl 8', 'frame startup 18', 'frame p 12', 'frame Q 14'])
  })

  test('protocol 3.2 starts like 3.0', () => {
    const reader = collect('client')
    reader.read(packet(0x0003_0002, 'user\0ada\0\0'))
    expect(reader.calls).toEqual(['frame startup 18'])
  })

  test('a cancel request may have a key of 4 to 256 bytes, and nothing behind it', () => {
    for (const size of [4, 256]) {
      const reader = collect('client')
      reader.read(packet(80_877_102, Buffer.alloc(4 + size)))
      expect(reader.calls).toEqual([`frame cancel ${12 + size}`])
    }
    expect(() => collect('client').read(packet(80_877_102, Buffer.alloc(4 + 257)))).toThrow(
      'the CancelRequest says that it is 269 bytes long',
    )
    expect(() => collect('client').read(Buffer.concat([CANCEL, Buffer.from('Q')]))).toThrow('bytes follow a CancelRequest')
  })

  test('neighbouring rows of one chunk come as one run, for those who want it', () => {
    const rows = Buffer.concat([
      message('D', 'a'),
      message('D', 'bb'),
      message('D', ''),
      message('d', 'x'),
      message('d', 'y'),
      message('Z', 'I'),
    ])
    const withRuns = collect('server')
    withRuns.read(rows)
    expect(withRuns.calls).toEqual(['run D 3 18', 'run d 2 12', 'frame Z 6'])
    const without = collect('server', { runs: false })
    without.read(rows)
    expect(without.calls).toHaveLength(6)
    expect(without.frames).toEqual(withRuns.frames)
  })

  test("a client's D is a Describe, and never a run", () => {
    const reader = collect('client')
    reader.read(Buffer.concat([STARTUP, message('D', 'S\0'), message('D', 'P\0'), message('d', '1'), message('d', '2')]))
    expect(reader.calls).toEqual(['frame startup 18', 'frame D 7', 'frame D 7', 'run d 2 12'])
  })

  test('a run ends where a frame is not there in whole', () => {
    const reader = collect('server')
    const rows = Buffer.concat([message('D', 'a'), message('D', 'b'), message('D', 'c')])
    reader.read(rows.subarray(0, 14))
    reader.read(rows.subarray(14))
    expect(reader.calls).toEqual(['run D 2 12', 'frame D 6'])
    expect(reader.bytes()).toEqual(rows)
  })
})

describe('large frames', () => {
  const large = message('Q', Buffer.alloc(200_000, 0x61))

  test('a frame of 64 kB is whole, one byte more comes in pieces', () => {
    const reader = collect('server')
    reader.read(message('D', Buffer.alloc(65_531)))
    reader.read(message('D', Buffer.alloc(65_532)))
    expect(reader.calls).toEqual(['frame D 65536', 'piece D 0 of 65537: 65537, last'])
  })

  test('the first piece has 64 kB however slowly they arrive, and nothing is held back after it', () => {
    const reader = collect('client')
    reader.read(STARTUP)
    for (let at = 0; at < large.length; at += 30_000) reader.read(large.subarray(at, at + 30_000))
    expect(reader.calls.slice(1)).toEqual([
      'piece Q 0 of 200005: 65536',
      'piece Q 1 of 200005: 24464',
      'piece Q 2 of 200005: 30000',
      'piece Q 3 of 200005: 30000',
      'piece Q 4 of 200005: 30000',
      'piece Q 5 of 200005: 20005, last',
    ])
    expect(reader.frames[1]).toEqual(['Q', large])
  })

  test('what follows a large frame in its last chunk is read', () => {
    const reader = collect('server')
    const row = message('D', Buffer.alloc(100_000))
    const stream = Buffer.concat([message('1'), row, message('Z', 'I')])
    reader.read(stream.subarray(0, 70_000))
    reader.read(stream.subarray(70_000))
    expect(reader.calls).toEqual(['frame 1 5', 'piece D 0 of 100005: 69995', 'piece D 1 of 100005: 30010, last', 'frame Z 6'])
  })

  test('a notice is whole up to 16 MB, because its last field says what it is', () => {
    const reader = collect('server')
    const notice = message('N', Buffer.alloc(300_000, 0x4d))
    for (let at = 0; at < notice.length; at += 65_536) reader.read(notice.subarray(at, at + 65_536))
    reader.read(notice)
    reader.read(message('N', Buffer.alloc(16 * 2 ** 20)))
    expect(reader.calls).toEqual(['frame N 300005', 'frame N 300005', 'piece N 0 of 16777221: 16777221, last'])
  })
})

describe('bytes that are not of the protocol', () => {
  test.each([
    ['client', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'a connection begins with a packet that says that it is 1195725856 bytes long'],
    ['client', Buffer.from('160301020001000102', 'hex'), 'a connection begins with TLS, and no SSLRequest before it'],
    ['client', packet(0x0002_0000), 'a connection begins with protocol 2.0; only 3.x is known'],
    ['client', packet(0x0003_0000), 'the StartupMessage says that it is 8 bytes long'],
    ['client', packet(0x0003_0000, Buffer.alloc(9997)), 'a connection begins with a packet that says that it is 10005 bytes long'],
    ['client', packet(80_877_103, '!'), 'the SSLRequest says that it is 9 bytes long'],
    ['client', Buffer.concat([STARTUP, message('Z', 'I')]), "a client sends no message of type 'Z'"],
    ['client', Buffer.concat([STARTUP, Buffer.alloc(5)]), 'a client sends no message of type 0x00'],
    ['client', Buffer.concat([STARTUP, Buffer.from('5100000003', 'hex')]), "a message of type 'Q' says that it is 3 bytes long"],
    ['server', Buffer.from('4440000001', 'hex'), "a message of type 'D' says that it is 1073741825 bytes long"],
    ['server', Buffer.from('44ffffffff', 'hex'), "a message of type 'D' says that it is 4294967295 bytes long"],
    ['server', message('Q', 'SELECT 1\0'), "a server sends no message of type 'Q'"],
  ] as const)('a %s that sends %o is told why', (sender, bytes, reason) => {
    const reader = collect(sender)
    expect(() => reader.read(bytes)).toThrow(expect.objectContaining({ name: 'WireError', reason }))
    expect(() => reader.read(message('S')), 'a reader that failed stays so').toThrow(reason)
  })

  test('the same is said when the bytes come one by one', () => {
    const reader = collect('client')
    const send = (): void => {
      for (const byte of Buffer.from('GET / HTTP/1.1')) reader.read(Buffer.of(byte))
    }
    expect(send).toThrow('a connection begins with a packet that says that it is 1195725856 bytes long')
  })

  test('frames before the first wrong byte are handed over', () => {
    const reader = collect('server')
    expect(() => reader.read(Buffer.concat([message('1'), message('2'), Buffer.from('?????')]))).toThrow("no message of type '?'")
    expect(reader.calls).toEqual(['frame 1 5', 'frame 2 5'])
  })

  test('a claim of a gigabyte takes no memory', () => {
    const reader = collect('client')
    reader.read(STARTUP)
    reader.read(Buffer.from('5140000000', 'hex'))
    reader.read(Buffer.alloc(1000))
    expect(reader.calls).toEqual(['frame startup 18'])
  })
})

describe('a real conversation', () => {
  const database = usePostgres({ provider: 'embedded' }, 'SELECT 1')

  test('gives the same frames wherever it is split', async () => {
    const said = await converse(database().server, talkAboutEverything)
    for (const sender of ['client', 'server'] as const) {
      const bytes = said[sender]
      const whole = collect(sender)
      whole.read(bytes)
      expect(whole.frames.length).toBeGreaterThan(25)
      expect(whole.bytes()).toEqual(bytes)

      const single = collect(sender)
      for (const byte of bytes) single.read(Buffer.of(byte))
      expect(single.frames).toEqual(whole.frames)

      const different: number[] = []
      for (let at = 1; at < bytes.length; at += 1) {
        const split = collect(sender)
        // Chunks are overwritten as soon as they are read: a reader may keep none.
        for (const part of [bytes.subarray(0, at), bytes.subarray(at)]) {
          const chunk = Buffer.from(part)
          split.read(chunk)
          chunk.fill(0xff)
        }
        const isSame =
          split.frames.length === whole.frames.length &&
          split.frames.every(([kind, one], index) => kind === whole.frames[index]?.[0] && one.equals(whole.frames[index][1]))
        if (!isSame || !split.bytes().equals(bytes)) different.push(at)
      }
      expect(different, `places where a split of what the ${sender} sent changes its frames`).toEqual([])
    }
  })

  test('ends with all requests answered', async () => {
    const said = await converse(database().server, talkAboutEverything)
    const client = collect('client')
    client.read(said.client)
    const server = collect('server')
    server.read(said.server)
    expect(client.frames[0]?.[0]).toBe('startup')
    expect(client.frames.at(-1)?.[0]).toBe('X')
    const requests = client.frames.filter(([kind]) => kind === 'Q' || kind === 'S').length
    expect(server.frames.filter(([kind]) => kind === 'Z')).toHaveLength(requests + 1)
  })
})

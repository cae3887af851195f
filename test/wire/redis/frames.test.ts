import { describe, expect, test } from 'vitest'
import { createDraws, randomKey } from '../../../src/primitives/random.js'
import type { FrameHandler, FrameReader } from '../../../src/wire/frame-reader.js'
import { createCommandFrames, createReplyFrames } from '../../../src/wire/redis/frames.js'
import { WireError } from '../../../src/wire/wire-error.js'

type Create = (handler: FrameHandler) => FrameReader
const draws = createDraws(randomKey('redis frames', 5))

function readAll(create: Create, chunks: readonly Buffer[]): { frames: [string, string][]; bytes: string; sizes: number[] } {
  const frames: [string, string][] = []
  const sizes: number[] = []
  let bytes = ''
  let large = ''
  const reader = create({
    frame: (kind, frame) => {
      expect(frame.length).toBeLessThanOrEqual(65_536)
      bytes += frame.toString('latin1')
      frames.push([kind, frame.toString('latin1')])
    },
    piece: (kind, piece, index, isLast, totalBytes) => {
      bytes += piece.toString('latin1')
      large = (index === 0 ? '' : large) + piece.toString('latin1')
      expect(index > 0 || piece.length >= 65_536).toBe(true)
      expect(totalBytes).toBe(large.length)
      sizes.push(piece.length)
      if (isLast) frames.push([`large ${kind}`, large])
    },
  })
  for (const chunk of chunks) reader.read(chunk)
  return { frames, bytes, sizes }
}

function split(bytes: Buffer, round: number, largest: number): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const size = 1 + draws.below(round, largest, chunks.length)
    chunks.push(Buffer.from(bytes.subarray(at, at + size)))
    at += size
  }
  return chunks
}

const LARGE = 'x'.repeat(150_000)
const COMMANDS: [string, string][] = [
  ['command', '*1\r\n$4\r\nPING\r\n'],
  ['command', '*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n'],
  ['inline', 'get "a b"\r\n'],
  ['inline', 'PING\n'],
  ['empty', '\r\n'],
  ['empty', ' \t\n'],
  ['empty', '*0\r\n'],
  ['empty', '*-1\r\n'],
  ['large command', `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${LARGE.length}\r\n${LARGE}\r\n`],
  ['command', '*2\r\n$3\r\nGET\r\n$4\r\n\r\n*1\r\n'],
]
const REPLIES: [string, string][] = [
  ['reply', '+OK\r\n'],
  ['reply', '-ERR no\r\n'],
  ['reply', ':-12\r\n'],
  ['reply', '$-1\r\n'],
  ['reply', '$0\r\n\r\n'],
  ['reply', '*-1\r\n'],
  ['reply', '*0\r\n'],
  ['reply', '*3\r\n:1\r\n*2\r\n$1\r\na\r\n*0\r\n$-1\r\n'],
  ['reply', '_\r\n'],
  ['reply', '#t\r\n'],
  ['reply', ',-1.5e10\r\n'],
  ['reply', ',inf\r\n'],
  ['reply', '(3492890328409238509324850943850943825024385\r\n'],
  ['reply', '!5\r\nERR x\r\n'],
  ['reply', '=7\r\ntxt:abc\r\n'],
  ['reply', '%2\r\n+a\r\n:1\r\n+b\r\n~2\r\n:1\r\n:2\r\n'],
  ['push', '>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n'],
  ['reply', '|1\r\n+ttl\r\n:3600\r\n*2\r\n|1\r\n+x\r\n*1\r\n:1\r\n:1\r\n:2\r\n'],
  ['push', '|1\r\n+a\r\n+b\r\n>1\r\n+invalidate\r\n'],
  ['reply', '|0\r\n:1\r\n'],
  ['reply', '*?\r\n:1\r\n*1\r\n:2\r\n.\r\n'],
  ['reply', '%?\r\n+a\r\n|1\r\n+x\r\n+y\r\n:1\r\n.\r\n'],
  ['reply', '$?\r\n;4\r\nabcd\r\n;1\r\ne\r\n;0\r\n'],
  ['large reply', `$${LARGE.length}\r\n${LARGE}\r\n`],
  ['large reply', `*20000\r\n${':12345\r\n'.repeat(20_000)}`],
  ['large reply', `*2\r\n$1\r\na\r\n$${LARGE.length}\r\n${LARGE}\r\n`],
  ['reply', '+END\r\n'],
]

describe.each<[string, Create, [string, string][]]>([
  ['requests', createCommandFrames, COMMANDS],
  ['replies', createReplyFrames, REPLIES],
])('frames of %s', (_, create, expected) => {
  const bytes = Buffer.from(expected.map(([, text]) => text).join(''), 'latin1')

  test('are cut where they end, with their kinds', () => {
    expect(readAll(create, [bytes]).frames).toEqual(expected)
  })

  test('are the same whatever chunks the bytes come in, down to single bytes', () => {
    const small = Buffer.from(expected.flatMap(([kind, text]) => (kind.startsWith('large') ? [] : [text])).join(''), 'latin1')
    expect(readAll(create, split(small, 0, 1)).frames).toEqual(expected.filter(([kind]) => !kind.startsWith('large')))
    for (let round = 1; round <= 25; round += 1) {
      const { frames, bytes: out, sizes } = readAll(create, split(bytes, round, [100, 1000, 5000, 70_000, 400_000][round % 5] ?? 1))
      expect(out === bytes.toString('latin1')).toBe(true)
      expect(frames.map(([kind, text]) => [kind, text.length])).toEqual(expected.map(([kind, text]) => [kind, text.length]))
      expect(frames.every(([, text], at) => text === expected[at]?.[1])).toBe(true)
      expect(sizes).not.toContain(0)
    }
  })

  test('of mutated bytes end in a WireError or in frames, and every byte before comes out once and in order', () => {
    const small = expected
      .filter(([kind]) => !kind.startsWith('large'))
      .map(([, text]) => text)
      .join('')
    let refused = 0
    for (let round = 0; round < 4000; round += 1) {
      const mutated = Buffer.from(small, 'latin1')
      for (let turn = 0; turn <= round % 4; turn += 1) {
        const letters = '*$%~>|:+-_0159\r\n?;.\0x'
        mutated[draws.below(round, mutated.length, turn * 2)] = letters.charCodeAt(draws.below(round, letters.length, turn * 2 + 1))
      }
      let out = ''
      const collect = (_kind: string, part: Buffer): void => void (out += part.toString('latin1'))
      const reader = create({ frame: collect, piece: collect })
      try {
        for (const chunk of split(mutated, round, 50)) reader.read(chunk)
      } catch (error) {
        if (!(error instanceof WireError)) throw error
        refused += 1
      }
      expect(mutated.toString('latin1').startsWith(out)).toBe(true)
    }
    expect(refused).toBeGreaterThan(100)
  })
})

test.each<[Create, string, string]>([
  [createCommandFrames, '*2147483648\r\n', 'a request of 2147483648 arguments; 2147483647 are allowed'],
  [createCommandFrames, '*1\r\n$1073741824\r\n', 'an argument of 1073741824 bytes; 536870912 are allowed'],
  [createCommandFrames, '*1\r\n$-1\r\n', 'an argument of -1 bytes; 536870912 are allowed'],
  [createCommandFrames, '*1\r\n:1\r\n', "':' after the number of arguments or an argument, where '$' must stand"],
  [createCommandFrames, '*x', "the number of arguments is not a number: 'x' in it"],
  [createCommandFrames, 'a'.repeat(65_537), 'a line of more than 65536 bytes as a request'],
  [createReplyFrames, '$1073741824\r\n', 'a text of 1073741824 bytes; 536870912 are allowed'],
  [createReplyFrames, '*99999999999\r\n', 'a reply of 99999999999 elements; 2147483648 are allowed'],
  [createReplyFrames, 'HTTP/1.1', "'H' where a reply of Redis goes on"],
  [createReplyFrames, '*1\r\n'.repeat(2000), 'a reply nested deeper than 1024 levels'],
  [createReplyFrames, '$1\r\nabc', "'b' after a text, where byte 0x0d must stand"],
  [createReplyFrames, '.\r\n', "'.' where a reply of Redis goes on"],
])('malformed bytes are refused and named (%#)', (create, bytes, reason) => {
  const { read } = create({ frame: () => undefined, piece: () => undefined })
  expect(() => read(Buffer.from(bytes))).toThrow(expect.objectContaining({ reason }))
  expect(() => read(Buffer.from('+OK\r\n'))).toThrow(WireError)
})

import { describe, expect, test } from 'vitest'
import { createDraws, randomKey } from '../../../src/primitives/random.js'
import { describeReply } from '../../../src/wire/redis/describe-reply.js'
import { createDigestReader, digestReply } from '../../../src/wire/redis/reply-digest.js'
import { readReply } from '../../../src/wire/redis/reply.js'
import { WireError } from '../../../src/wire/wire-error.js'

const CASES: [string, unknown, string][] = [
  ['+OK\r\n', { kind: 'status', text: 'OK' }, 'OK'],
  ['-WRONGTYPE no\r\n', { kind: 'error', text: 'WRONGTYPE no' }, 'WRONGTYPE no'],
  ['!6\r\nERR no\r\n', { kind: 'error', text: 'ERR no' }, 'ERR no'],
  [':-3\r\n', { kind: 'integer', value: -3 }, '-3'],
  [':9223372036854775807\r\n', { kind: 'integer', value: 9223372036854775807n }, '9223372036854775807'],
  [',-inf\r\n', { kind: 'double', value: -Infinity }, '-Infinity'],
  ['#f\r\n', { kind: 'boolean', value: false }, 'false'],
  ['(12345678901234567890\r\n', { kind: 'big number', digits: '12345678901234567890' }, '12345678901234567890'],
  ['$-1\r\n', { kind: 'null' }, 'nil'],
  ['_\r\n', { kind: 'null' }, 'nil'],
  ['$7\r\n{"a":1}\r\n', { kind: 'bulk', bytes: Buffer.from('{"a":1}') }, '"{\\"a\\":1}"'],
  ['$2\r\n\xff\x00\r\n', { kind: 'bulk', bytes: Buffer.from('ff00', 'hex') }, '[2 bytes]'],
  [
    `$60\r\n${'é'.repeat(60)}\r\n`.replace('60', '120').replaceAll('é', '\xc3\xa9'),
    { kind: 'bulk', bytes: Buffer.from('é'.repeat(60)) },
    `"${'é'.repeat(40)}…"`,
  ],
  ['=7\r\ntxt:abc\r\n', { kind: 'verbatim', format: 'txt', bytes: Buffer.from('abc') }, '"abc"'],
  ['$?\r\n;2\r\nab\r\n;1\r\nc\r\n;0\r\n', { kind: 'bulk', bytes: Buffer.from('abc') }, '"abc"'],
  ['*?\r\n:1\r\n.\r\n', { kind: 'array', items: [{ kind: 'integer', value: 1 }] }, '[1 element]'],
  ['*2\r\n*-1\r\n~0\r\n', { kind: 'array', items: [{ kind: 'null' }, { kind: 'set', items: [] }] }, '[2 elements]'],
  [
    '|1\r\n+ttl\r\n:1\r\n%1\r\n+a\r\n:2\r\n',
    {
      kind: 'map',
      items: [
        { kind: 'status', text: 'a' },
        { kind: 'integer', value: 2 },
      ],
    },
    '[1 field]',
  ],
]

test.each(CASES)('%j is read, and described in words', (bytes, reply, words) => {
  const read = readReply(Buffer.from(bytes, 'latin1'))
  expect(read).toEqual(reply)
  expect(describeReply(read)).toBe(words)
})

test('bytes that are no whole reply end in a WireError', () => {
  const draws = createDraws(randomKey('redis replies', 5))
  const texts = CASES.map(([text]) => text)
  let refused = 0
  for (let round = 0; round < 3000; round += 1) {
    const bytes = Buffer.from(texts[round % texts.length] ?? '', 'latin1')
    bytes[draws.below(round, bytes.length)] = draws.below(round, 128, 1)
    try {
      readReply(bytes.subarray(0, bytes.length - draws.below(round, 2, 2)))
    } catch (error) {
      if (!(error instanceof WireError)) throw error
      refused += 1
    }
  }
  expect(refused).toBeGreaterThan(1000)
  expect(() => readReply(Buffer.from('+OK\r\n+OK\r\n'))).toThrow(expect.objectContaining({ reason: "5 bytes after a reply's end" }))
})

describe('the digest of a reply', () => {
  test.each<[string, unknown, string]>([
    ['*3\r\n$-1\r\n*1\r\n_\r\n_\r\n', { kind: 'array', elements: 3, presence: '010' }, '[3 elements]'],
    ['%2\r\n+a\r\n_\r\n+b\r\n:1\r\n', { kind: 'map', elements: 4, presence: '1011' }, '[2 fields]'],
    ['$3\r\nabc\r\n', { kind: 'bulk', elements: 0, presence: '' }, '[a large bulk]'],
    ['*0\r\n', { kind: 'array', elements: 0, presence: '' }, '[0 elements]'],
  ])('of %j is the same from its tree and from its pieces', (text, digest, words) => {
    expect(digestReply(readReply(Buffer.from(text)))).toEqual(digest)
    const reader = createDigestReader()
    const header = text.indexOf('\n') + 1
    reader.read(Buffer.from(text.slice(0, header)))
    for (const letter of text.slice(header)) reader.read(Buffer.from(letter))
    expect(reader.digest()).toEqual(digest)
    expect(describeReply(reader.digest())).toBe(words)
  })
})

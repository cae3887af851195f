import { describe, expect, it } from 'vitest'
import { readReply } from '../../../src/servers/redis/resp.js'
import { oneOf } from '../../../src/seed/generators/one-of.js'
import { pool } from '../../../src/seed/generators/pool.js'
import { sequence } from '../../../src/seed/generators/sequence.js'
import { bindEntries } from '../../../src/seed/redis/bind-entries.js'
import { commandsOf } from '../../../src/seed/redis/commands.js'
import type { RedisEntries } from '../../../src/seed/redis/entries.js'
import { createReplyReader } from '../../../src/seed/redis/read-replies.js'
import { writeCommand } from '../../../src/seed/redis/write-command.js'

const CONTEXT = { seed: 1, epochMs: Date.parse('2025-01-01T00:00:00Z') }

async function wordsOf(...entries: readonly RedisEntries[]): Promise<unknown[]> {
  return [...commandsOf(await bindEntries(entries, CONTEXT))].map(({ words }) => words)
}

describe('The commands of entries', () => {
  it('are a MSET for each hundred plain texts', async () => {
    const commands = (await wordsOf({ key: 'k:{row}', rows: 250, value: (row) => row })) as string[][]

    expect(commands.map((words) => [words[0], words.length])).toEqual([
      ['MSET', 201],
      ['MSET', 201],
      ['MSET', 101],
    ])
    expect(commands[2]?.slice(0, 3)).toEqual(['MSET', 'k:200', '200'])
  })

  it('keep the order of rows that write the same key', async () => {
    expect(await wordsOf({ key: () => 'k', rows: 3, value: (row) => `${row}`, ttlSeconds: (row) => (row === 1 ? 0.5 : null) })).toEqual([
      ['MSET', 'k', '0'],
      ['SET', 'k', '1', 'PX', '500'],
      ['MSET', 'k', '2'],
    ])
  })

  it('use generators, the same for the same seed', async () => {
    const entries: RedisEntries = {
      key: 'u:{id}:{row}',
      parts: { id: sequence({ start: 10 }) },
      rows: 20,
      value: oneOf(['a', 'b', 'c']),
      ttlSeconds: 5,
    }
    const first = await wordsOf(entries)

    expect(first[1]).toEqual(['SET', 'u:11:1', expect.stringMatching(/^[abc]$/), 'PX', '5000'])
    expect(await wordsOf(entries)).toEqual(first)
    expect([...commandsOf(await bindEntries([entries], { ...CONTEXT, seed: 2 }))].map(({ words }) => words)).not.toEqual(first)
  })

  it('sample pools', async () => {
    const [words] = (await wordsOf({ key: 'a', rows: 1, value: pool((faker) => faker.person.firstName(), 5) })) as string[][]

    expect(words?.[2]).toMatch(/^\p{L}+/u)
  })

  it.each<[string, RedisEntries, string]>([
    [
      'a life of nothing',
      { key: 'k{row}', rows: 9, value: 'x', ttlSeconds: (row) => 3 - row },
      `Row 3 of 'redis k{row}', key "k3", needs a life of more than 0 seconds (null for ever), but has 0.`,
    ],
    [
      'a score that is none',
      { key: 'z', rows: 1, value: { zset: [['m', Number.NaN]] } },
      'needs a number as the score of "m", but has NaN',
    ],
    [
      'NaN in a hash',
      { key: 'h', rows: 1, value: { hash: { f: () => Number.NaN } } },
      "needs a text, bytes or a finite number in the field 'f', but has NaN",
    ],
    ['a key that is none', { key: () => 7 as unknown as string, rows: 1, value: 'x' }, 'needs a key that is a text, but has 7'],
    ['one key for many rows', { key: 'k', rows: 2, value: 'x' }, 'must be a pattern with {row}: 2 rows cannot have one key, but is "k"'],
    ['an unknown name', { key: 'k{id}', rows: 2, value: 'x' }, "a pattern whose names are 'row' or in parts (there are none)"],
    ['an unknown kind', { key: 'k', rows: 1, value: { lst: [] } as unknown as RedisEntries['value'] }, "Did you mean 'list'?"],
    ['a negative count', { key: 'k{row}', rows: -1, value: 'x' }, 'entries[0]'],
  ])('refuse %s', async (_, entries, message) => {
    await expect(wordsOf(entries)).rejects.toThrow(message)
  })
})

describe('writeCommand', () => {
  it('writes what readReply reads, at any length', () => {
    const words = ['SET', '', 'é€😀', 'x'.repeat(9), 'x'.repeat(10), 'x'.repeat(129), 'é'.repeat(1000)]
    const target = Buffer.alloc(5000)
    const end = writeCommand(target, 3, words)

    expect(readReply(target.subarray(0, end), 3)).toEqual({ reply: words, end })
    expect(writeCommand(Buffer.alloc(end - 3 - 1), 0, words)).toBe(-1)
  })

  it('refuses half a character', () => {
    expect(() => writeCommand(Buffer.alloc(100), 0, ['SET', '\ud800'])).toThrow('half of a surrogate pair is no character')
  })
})

describe('createReplyReader', () => {
  it('reads replies in pieces of any size', () => {
    const bytes = Buffer.from('+OK\r\n:12\r\n$3\r\na\r\n\r\n-ERR no\r\n+OK\r\n*-1\r\n')
    for (let size = 1; size <= bytes.length; size += 1) {
      const replies: unknown[] = []
      const read = createReplyReader((reply) => replies.push(reply))
      for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
      expect(replies).toEqual(['OK', 12, 'a\r\n', { error: 'ERR no' }, 'OK', null])
    }
  })
})

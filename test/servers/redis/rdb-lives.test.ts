import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyWithLives, createLifeMark } from '../../../src/servers/redis/rdb-lives.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotbed-lives-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const MARK = createLifeMark(0)
const NOW = Date.parse('2031-07-04T12:00:00.123Z')

/** What Redis writes before a key that expires: the opcode and the moment. */
function lifeEntry(momentMs: bigint): Buffer {
  const entry = Buffer.alloc(9, 0xfc)
  entry.writeBigInt64LE(momentMs, 1)
  return entry
}

let copies = 0
async function copy(bytes: Buffer, nowMs?: number): Promise<{ lives: number; bytes: Buffer }> {
  copies += 1
  const from = join(folder, `from-${copies}`)
  writeFileSync(from, bytes)
  const lives = await copyWithLives(from, join(folder, `to-${copies}`), MARK, nowMs)
  return { lives, bytes: readFileSync(join(folder, `to-${copies}`)) }
}

describe('copyWithLives', () => {
  it('counts lives from now, from one millisecond to 34 years', async () => {
    const lives = [1n, 300_000n, 2n ** 40n - 1n]
    const around = Buffer.from('a key')
    const made = (base: bigint): Buffer => Buffer.concat(lives.flatMap((life) => [around, lifeEntry(base + life)]))

    expect(await copy(made(MARK.base), NOW)).toEqual({ lives: 3, bytes: made(BigInt(NOW)) })
    expect(await copy(made(MARK.base))).toEqual({ lives: 3, bytes: made(MARK.base) })
  })

  it('finds them wherever the file is cut into pieces', async () => {
    const chunk = 1_048_576
    for (let at = chunk - 12; at <= chunk + 3; at += 1) {
      const made = (base: bigint): Buffer => Buffer.concat([Buffer.alloc(at, 'x'), lifeEntry(base + 5n), Buffer.alloc(chunk, 'y')])

      const copied = await copy(made(MARK.base), NOW)

      expect([at, copied.lives, copied.bytes.equals(made(BigInt(NOW)))]).toEqual([at, 1, true])
    }
  })

  it('leaves alone what only looks like one, and lives that are not marked', async () => {
    const bytes = Buffer.concat([MARK.bytes, Buffer.from('xxxxxxxx'), MARK.bytes, lifeEntry(BigInt(NOW)), Buffer.from([0xfc])])

    expect(await copy(bytes, NOW)).toEqual({ lives: 0, bytes })
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { btreeFile } from '../../../src/plan/projection/btree-file.js'
import { describeEachPostgres } from '../with-postgres.js'

const BLOCK = 8192

/** What a block says of its place in the tree: level and flags, and the block that its only tuple leads to. */
function describeBlock(block: Buffer): {
  readonly level: number
  readonly isRoot: boolean
  readonly isLeaf: boolean
  readonly child: number
} {
  const special = block.readUInt16LE(16)
  const flags = block.readUInt16LE(special + 12)
  const lower = block.readUInt16LE(12)
  const at = block.readUInt32LE(24) & 0x7f_ff
  const child = lower === 24 ? 0 : block.readUInt16LE(at) * 65_536 + block.readUInt16LE(at + 2)
  return { level: block.readUInt32LE(special + 8), isRoot: (flags & 2) !== 0, isLeaf: (flags & 1) !== 0, child }
}

await describeEachPostgres('CREATE TABLE orders (id int); CREATE INDEX orders_id_idx ON orders (id)', (database) => {
  const readMeta = async (): Promise<Buffer> => {
    const { sql, server } = database()
    await sql.query('CHECKPOINT')
    const { rows } = await sql.query("SELECT pg_relation_filepath('orders_id_idx') AS path")
    return readFileSync(join(server.files.dataDirectory, String(rows[0]?.['path']))).subarray(0, BLOCK)
  }

  test.each([0, 1, 3, 7])('a tree of height %i has a block on each level, each above the next', async (height) => {
    const file = btreeFile(await readMeta(), height)
    expect(file?.length).toBe((height + 2) * BLOCK)
    const blocks = Array.from({ length: height + 1 }, (_, index) => file?.subarray((index + 1) * BLOCK, (index + 2) * BLOCK))
    expect(blocks.map((block) => describeBlock(block ?? Buffer.alloc(0)))).toEqual(
      blocks.map((_, index) => ({
        level: height - index,
        isRoot: index === 0,
        isLeaf: index === height,
        child: index === height ? 0 : index + 2,
      })),
    )
    // The first block names the root and its level twice, and is otherwise as the server wrote it.
    const meta = file?.subarray(0, BLOCK) ?? Buffer.alloc(0)
    expect([32, 36, 40, 44].map((at) => meta.readUInt32LE(at))).toEqual([1, height, 1, height])
    const before = await readMeta()
    expect(meta.subarray(0, 32).equals(before.subarray(0, 32))).toBe(true)
    expect(meta.subarray(48).equals(before.subarray(48))).toBe(true)
  })

  test('a first block that is not understood makes no tree', async () => {
    const meta = await readMeta()
    expect(btreeFile(meta, 1)).toBeDefined()
    const other = Buffer.from(meta)
    other.writeUInt32LE(3, 28)
    expect(btreeFile(other, 1)).toBeUndefined()
    expect(btreeFile(Buffer.alloc(BLOCK), 1)).toBeUndefined()
  })
})

import { BTREE_SPECIAL_BYTES, LINE_POINTER_BYTES, PAGE_HEADER_BYTES } from './page-layout.js'

/** Of a btree (PostgreSQL sources, access/nbtree.h). */
const TUPLE_BYTES = 8
const META_MAGIC = 0x05_31_62
const IS_LEAF = 1
const IS_ROOT = 2
/** A pivot tuple whose offset says how many of its columns are kept: none, it is smaller than everything. */
const TRUNCATED_TUPLE = 0x20_00 | TUPLE_BYTES
const LP_NORMAL = 1

/**
 * An empty btree that is as high as a large one: a root, one block on each level below, and an empty leaf. The planner adds the costs of a descent by
 * the height that the first block tells, which is kept whatever the index holds; a tree that only claimed to be high would be refused as corrupt by
 * whoever reads it.
 *
 * @param meta the first block of the empty index, as the server made it
 * @param height levels above the leaves
 * @returns the blocks of the file; `undefined` when `meta` is not as 13 to 18 write it
 */
export function btreeFile(meta: Buffer, height: number): Buffer | undefined {
  const blockBytes = meta.length
  if (meta.readUInt32LE(PAGE_HEADER_BYTES) !== META_MAGIC || meta.readUInt32LE(PAGE_HEADER_BYTES + 4) !== 4) return undefined
  const first = Buffer.from(meta)
  // Root and fast root: the block and its level.
  for (const [field, value] of [1, height, 1, height].entries()) first.writeUInt32LE(value, PAGE_HEADER_BYTES + 8 + field * 4)
  const blocks = Array.from({ length: height + 1 }, (_, depth) => {
    const level = height - depth
    const block = Buffer.alloc(blockBytes)
    const special = blockBytes - BTREE_SPECIAL_BYTES
    const hasChild = level > 0
    block.writeUInt16LE(PAGE_HEADER_BYTES + (hasChild ? LINE_POINTER_BYTES : 0), 12)
    block.writeUInt16LE(special - (hasChild ? TUPLE_BYTES : 0), 14)
    block.writeUInt16LE(special, 16)
    // Size and layout version, as the server wrote them into its own block.
    block.writeUInt16LE(meta.readUInt16LE(18), 18)
    block.writeUInt32LE(level, special + 8)
    block.writeUInt16LE((depth === 0 ? IS_ROOT : 0) | (hasChild ? 0 : IS_LEAF), special + 12)
    if (hasChild) {
      const at = special - TUPLE_BYTES
      block.writeUInt32LE(at | (LP_NORMAL << 15) | (TUPLE_BYTES << 17), PAGE_HEADER_BYTES)
      // A block number is stored as two halves, the higher first.
      block.writeUInt16LE(0, at)
      block.writeUInt16LE(depth + 2, at + 2)
      block.writeUInt16LE(0, at + 4)
      block.writeUInt16LE(TRUNCATED_TUPLE, at + 6)
    }
    return block
  })
  return Buffer.concat([first, ...blocks])
}

import { dirname } from 'node:path'
import { btreeFile } from './btree-file.js'
import type { CatalogueIndex, CatalogueRelation, CatalogueTable } from './catalogue.js'
import type { ReachableFiles } from './files-in-reach.js'
import type { ProjectedPart } from './project-family.js'
import type { RelationFiles } from './relation-files.js'

/** The first of the numbers for files of ours: far above those that the server gives out, which count from 16,384. */
const FIRST_FILE = 4_000_000_000
const HEIGHTS = 8

/** The files of a throw-away database whose relations are given other sizes. */
export interface GrownFiles {
  /** A relation that keeps its size: its file is made as long as it was before its rows were taken away. */
  readonly extendSeeded: (relation: CatalogueRelation) => void
  /** Every btree index that is to be of another height gets a file of that height. Gives the numbers of the files by the oid of the index. */
  readonly useHeights: (table: CatalogueTable, heights: ReadonlyMap<string, number>) => readonly (readonly [number, number])[]
  /** Cuts off everything that was added, because the server writes rows to the end of a file. */
  readonly shrink: () => void
  readonly grow: (part: ProjectedPart) => void
}

export function createGrownFiles(files: RelationFiles, { blockBytes, checksums }: ReachableFiles): GrownFiles {
  const metas = new Map<number, Buffer>()
  /** The file that each relation uses now. */
  const used = new Map<number, string>()
  const made = new Map<string, number>()
  /** Blocks of files that were extended, as they were before. */
  const extended = new Map<string, number>()

  const grow = (path: string, pages: number): void => {
    const blocks = files.firstBlocks(path)
    if (pages <= blocks) return
    extended.set(path, blocks)
    files.setBlocks(path, pages)
  }
  const metaOf = (oid: number, path: string): Buffer => {
    const known = metas.get(oid) ?? files.readBlock(path, 0)
    metas.set(oid, known)
    return known
  }
  return {
    extendSeeded: (relation) => {
      if (files.firstBlocks(relation.path) >= relation.pages) return
      if (relation.method === 'btree' && !checksums) {
        const tree = btreeFile(files.readBlock(relation.path, 0), guessHeight(relation, blockBytes))
        if (tree !== undefined) files.write(relation.path, tree)
      }
      files.setBlocks(relation.path, relation.pages)
    },
    useHeights: (table, heights) =>
      table.indexes.flatMap((index) => {
        const height = Math.min(HEIGHTS - 1, heights.get(index.name) ?? 0)
        if (index.path === null || index.method !== 'btree' || checksums) return []
        const number = numberOf(index, height)
        const path = `${dirname(index.path)}/${number}`
        if (!made.has(path)) {
          const tree = btreeFile(metaOf(index.oid, index.path), height)
          if (tree === undefined) return []
          files.write(path, tree)
          made.set(path, number)
        }
        used.set(index.oid, path)
        return [[index.oid, number] as const]
      }),
    shrink: () => {
      for (const [path, blocks] of extended) files.setBlocks(path, blocks)
      extended.clear()
    },
    grow: ({ table, statistics }) => {
      if (table.path !== null) grow(table.path, statistics.pages)
      for (const index of table.indexes) {
        const pages = statistics.indexes.find(({ name }) => name === index.name)?.pages
        if (pages !== undefined && index.path !== null) grow(used.get(index.oid) ?? index.path, pages)
      }
      if (table.toast !== null && table.toast.pages > 0 && table.pages > 0) {
        grow(table.toast.path, Math.round((table.toast.pages * statistics.pages) / table.pages))
      }
    },
  }
  function numberOf(index: CatalogueIndex, height: number): number {
    const order = [...metas.keys()].indexOf(index.oid)
    const place = order < 0 ? metas.size : order
    return FIRST_FILE + place * HEIGHTS + height
  }
}

/** From the entries in a leaf: an inner block has about as many, but for the space that is left free in it. */
function guessHeight({ rows, pages }: CatalogueRelation, blockBytes: number): number {
  const perLeaf = Math.max(2, rows / Math.max(1, pages - 1))
  const perInner = Math.max(2, Math.min(perLeaf * 0.78, blockBytes / 29))
  let height = 0
  for (let level = pages - 1; level > 1; level = Math.ceil(level / perInner)) height += 1
  return height
}

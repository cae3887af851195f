import { chownSync, closeSync, existsSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Where a server keeps the files of relations, and how it cuts them. */
export interface FileLayout {
  /** The data directory, as seen from here. */
  readonly directory: string
  readonly blockBytes: number
  /** Blocks of one segment file: the next one continues in `.1`. 131,072 of 8 kB unless the server was built otherwise. */
  readonly segmentBlocks: number
}

/** Sets the size of relations' files. Calls are synchronous: each takes microseconds, and there may be a hundred at every size. */
export interface RelationFiles {
  /** Blocks in the first segment. */
  readonly firstBlocks: (path: string) => number
  /** Makes the relation as many blocks long as asked. What is added is a hole, which takes no space. */
  readonly setBlocks: (path: string, blocks: number) => void
  readonly readBlock: (path: string, block: number) => Buffer
  /** Writes a file of its own with these bytes, for the server to use. */
  readonly write: (path: string, bytes: Buffer) => void
}

/**
 * The files of one database below a data directory. Paths are as `pg_relation_filepath` gives them, of this database or of one that it is a copy of:
 * the directory before the file is the number of the database. The server asks for the size of a file each time that it plans,
 * and looks for a further segment only after a full one: so making a relation smaller is cutting its last segment, and leaves those after it alone.
 */
export function openRelationFiles({ directory, blockBytes, segmentBlocks }: FileLayout, database: number): RelationFiles {
  const place = (path: string): string => join(directory, dirname(dirname(path)), String(database), basename(path))
  // Files that root makes would be out of the server's reach.
  const owner = process.getuid?.() === 0 ? statSync(directory) : undefined
  const open = <T>(path: string, use: (file: number) => T): T => {
    const isNew = !existsSync(place(path))
    const file = openSync(place(path), isNew ? 'w+' : 'r+', 0o600)
    try {
      return use(file)
    } finally {
      closeSync(file)
      if (isNew && owner !== undefined) chownSync(place(path), owner.uid, owner.gid)
    }
  }
  /** Cutting a relation leaves all but one of its segments full: a billion rows have a hundred. */
  const fullSegments = new Set<string>()
  const setBytes = (path: string, bytes: number): void => open(path, (file) => ftruncateSync(file, bytes))
  return {
    firstBlocks: (path) => Math.floor(statSync(place(path)).size / blockBytes),
    setBlocks: (path, blocks) => {
      const full = Math.floor(blocks / segmentBlocks)
      for (let segment = 0; segment < full; segment += 1) {
        const one = segmentPath(path, segment)
        if (!fullSegments.has(one)) setBytes(one, segmentBlocks * blockBytes)
        fullSegments.add(one)
      }
      const last = segmentPath(path, full)
      setBytes(last, (blocks - full * segmentBlocks) * blockBytes)
      fullSegments.delete(last)
    },
    readBlock: (path, block) => {
      const bytes = Buffer.alloc(blockBytes)
      open(path, (file) => readSync(file, bytes, 0, blockBytes, block * blockBytes))
      return bytes
    },
    write: (path, bytes) => {
      open(path, (file) => {
        ftruncateSync(file, 0)
        writeSync(file, bytes, 0, bytes.length, 0)
      })
    },
  }
}

function segmentPath(path: string, segment: number): string {
  return segment === 0 ? path : `${path}.${segment}`
}

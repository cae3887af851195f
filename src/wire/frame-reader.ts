/** Cuts one direction of a connection into frames, without copying what lies whole in one chunk. */
export interface FrameReader {
  /** @throws {WireError} at the first bytes that no frame can begin with; the frames before them have been handed over. From then on always. */
  readonly read: (chunk: Buffer) => void
}

/** Gets the frames. Their bytes are valid only during the call. */
export interface FrameHandler {
  /** One whole frame, header included. */
  readonly frame: (kind: string, bytes: Buffer) => void
  /**
   * A frame larger than `FRAME_LIMIT`, as it comes. `index` 0 has the first 64 kB or more; nothing beyond them is held back. A Redis frame does
   * not say how long it will be: its `totalBytes` is what has come so far, this piece included.
   */
  readonly piece: (kind: string, bytes: Buffer, index: number, isLast: boolean, totalBytes: number) => void
  /**
   * Two or more whole frames of Postgres' bulk data (`D` DataRow, `d` CopyData) that follow each other in one chunk. Left out, `frame` gets each
   * of them.
   */
  readonly run?: (kind: string, count: number, bytes: Buffer) => void
}

/** What is held of a frame until it is whole, in bytes; larger ones come in pieces. */
export const FRAME_LIMIT: number = 65_536

/** After bytes that make no sense nothing can be told apart any more. */
export function createFrameReader(read: (chunk: Buffer) => void): FrameReader {
  let failure: Error | undefined
  return {
    read: (chunk) => {
      if (failure !== undefined) throw failure
      try {
        read(chunk)
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error))
        throw error
      }
    },
  }
}

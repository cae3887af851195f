import { FRAME_LIMIT, type FrameHandler, type FrameReader } from '../frame-reader.js'

/** A larger buffer is given back when its frame is complete: most connections never need it again. */
const KEEP = 8192

/** Joins the parts of frames that are spread over chunks, or hands them on in pieces. */
export interface FrameAssembly {
  /** The frame that is being read ends at `end` of this chunk. */
  readonly finish: (kind: string, chunk: Buffer, start: number, end: number) => void
  /** The chunk ends inside a frame. */
  readonly keep: (kind: string, chunk: Buffer, start: number) => void
}

export function createFrameAssembly(handler: FrameHandler): FrameAssembly {
  let held = Buffer.alloc(0)
  let heldBytes = 0
  /** Of the frame that is handed on in pieces; 0 while there is none. */
  let pieces = 0
  let totalBytes = 0

  const hold = (chunk: Buffer, start: number, end: number): void => {
    const needed = heldBytes + end - start
    if (needed > held.length) {
      const larger = Buffer.allocUnsafe(Math.min(FRAME_LIMIT, Math.max(1024, needed * 2)))
      held.copy(larger, 0, 0, heldBytes)
      held = larger
    }
    chunk.copy(held, heldBytes, start, end)
    heldBytes = needed
  }
  const release = (): void => {
    heldBytes = 0
    if (held.length > KEEP) held = Buffer.alloc(0)
  }
  const handOn = (kind: string, bytes: Buffer, isLast: boolean): void => {
    totalBytes += bytes.length
    const index = pieces
    const total = totalBytes
    pieces = isLast ? 0 : pieces + 1
    if (isLast) totalBytes = 0
    handler.piece(kind, bytes, index, isLast, total)
  }
  const cut = (kind: string, chunk: Buffer, start: number, end: number, isLast: boolean): void => {
    let from = start
    if (heldBytes > 0) {
      from += FRAME_LIMIT - heldBytes
      hold(chunk, start, from)
      const first = held.subarray(0, FRAME_LIMIT)
      release()
      handOn(kind, first, false)
    }
    handOn(kind, chunk.subarray(from, end), isLast)
  }

  return {
    finish: (kind, chunk, start, end) => {
      if (pieces > 0 || heldBytes + end - start > FRAME_LIMIT) return cut(kind, chunk, start, end, true)
      if (heldBytes === 0) return handler.frame(kind, chunk.subarray(start, end))
      hold(chunk, start, end)
      const whole = held.subarray(0, heldBytes)
      release()
      handler.frame(kind, whole)
    },
    keep: (kind, chunk, start) => {
      if (pieces > 0 || heldBytes + chunk.length - start > FRAME_LIMIT) cut(kind, chunk, start, chunk.length, false)
      else hold(chunk, start, chunk.length)
    },
  }
}

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

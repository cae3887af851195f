import { FRAME_LIMIT, type FrameHandler } from '../frame-reader.js'
import { createHeldBytes } from '../held-bytes.js'

/** Joins the parts of frames that are spread over chunks, or hands them on in pieces. */
export interface FrameAssembly {
  /** The frame that is being read ends at `end` of this chunk. */
  readonly finish: (kind: string, chunk: Buffer, start: number, end: number) => void
  /** The chunk ends inside a frame. */
  readonly keep: (kind: string, chunk: Buffer, start: number) => void
}

export function createFrameAssembly(handler: FrameHandler): FrameAssembly {
  const held = createHeldBytes()
  /** Of the frame that is handed on in pieces; 0 while there is none. */
  let pieces = 0
  let totalBytes = 0

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
    if (held.size() > 0) {
      from += FRAME_LIMIT - held.size()
      held.add(chunk, start, from)
      handOn(kind, held.take(), false)
    }
    handOn(kind, chunk.subarray(from, end), isLast)
  }

  return {
    finish: (kind, chunk, start, end) => {
      if (pieces > 0 || held.size() + end - start > FRAME_LIMIT) return cut(kind, chunk, start, end, true)
      if (held.size() === 0) return handler.frame(kind, chunk.subarray(start, end))
      held.add(chunk, start, end)
      handler.frame(kind, held.take())
    },
    keep: (kind, chunk, start) => {
      if (pieces > 0 || held.size() + chunk.length - start > FRAME_LIMIT) cut(kind, chunk, start, chunk.length, false)
      else held.add(chunk, start, chunk.length)
    },
  }
}

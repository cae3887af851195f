import { FRAME_LIMIT, createFrameReader, type FrameHandler, type FrameReader } from '../frame-reader.js'
import { createHeldBytes } from '../held-bytes.js'

/** How the frames of one phase of a connection begin. */
export interface FrameHeader {
  /** Bytes that are needed to know kind and size. No frame is shorter. */
  readonly headerBytes: number
  /** Kinds by the byte at the beginning, where one byte tells. */
  readonly kinds: readonly (string | undefined)[]
  /** The kinds that come in great numbers. */
  readonly bulk: string
  /** Bytes of the whole frame. @throws {WireError} when no frame begins so. */
  readonly sizeOf: (bytes: Buffer, at: number) => number
  readonly kindOf: (bytes: Buffer, at: number) => string
  /** Up to so many bytes the frame that begins here is collected, and handed over whole. Asked only about large ones. */
  readonly wholeUpTo: (bytes: Buffer, at: number) => number
  /** What the next frames begin with, where that changes. */
  readonly after: (kind: string) => FrameHeader | undefined
}

export function createFrameCutter(first: FrameHeader, handler: FrameHandler): FrameReader {
  let header = first
  const held = createHeldBytes()
  /** Of a large frame whose first piece is out. */
  let kind = ''
  let total = 0
  let missing = 0
  let index = 0

  const begin = (bytes: Buffer, size: number): void => {
    kind = header.kindOf(bytes, 0)
    total = size
    missing = size - bytes.length
    index = 1
    handler.piece(kind, bytes, 0, missing === 0, size)
  }

  const emit = (bytes: Buffer): void => {
    const emitted = header.kindOf(bytes, 0)
    header = header.after(emitted) ?? header
    handler.frame(emitted, bytes)
  }

  /** Takes what the held beginning lacks; returns how far the chunk is read. */
  const complete = (chunk: Buffer): number => {
    let at = 0
    if (held.size() < header.headerBytes) {
      at = Math.min(chunk.length, header.headerBytes - held.size())
      held.add(chunk, 0, at)
      if (held.size() < header.headerBytes) return at
    }
    const size = header.sizeOf(held.buffer(), 0)
    const isWhole = size <= FRAME_LIMIT || size <= header.wholeUpTo(held.buffer(), 0)
    const wanted = isWhole ? size : FRAME_LIMIT
    const end = Math.min(chunk.length, at + wanted - held.size())
    held.add(chunk, at, end)
    if (held.size() < wanted) return end
    if (isWhole) emit(held.take())
    else begin(held.take(), size)
    return end
  }

  /** Passes on what belongs to a large frame; returns how far the chunk is read. */
  const pass = (chunk: Buffer, at: number): number => {
    const end = Math.min(chunk.length, at + missing)
    missing -= end - at
    const isFirst = at === 0 && end === chunk.length
    handler.piece(kind, isFirst ? chunk : chunk.subarray(at, end), index++, missing === 0, total)
    return end
  }

  /** Hands over neighbours of one bulk kind as one; returns how far the chunk is read, which is `end` when there is but one frame. */
  const batch = (run: NonNullable<FrameHandler['run']>, bulk: string, chunk: Buffer, at: number, end: number): number => {
    const type = chunk[at]
    let last = end
    let count = 1
    while (last + header.headerBytes <= chunk.length && chunk[last] === type) {
      const size = header.sizeOf(chunk, last)
      if (size > FRAME_LIMIT || last + size > chunk.length) break
      last += size
      count += 1
    }
    if (count === 1) handler.frame(bulk, chunk.subarray(at, end))
    else run(bulk, count, chunk.subarray(at, last))
    return last
  }

  /** Frames from `from` to the end of the chunk, of which the last may be there in part. */
  const cut = (chunk: Buffer, from: number): void => {
    let at = from
    while (at < chunk.length) {
      if (missing > 0) {
        at = pass(chunk, at)
        continue
      }
      const left = chunk.length - at
      const size = left < header.headerBytes ? Infinity : header.sizeOf(chunk, at)
      const isWhole = size <= FRAME_LIMIT || (left >= header.headerBytes && size <= header.wholeUpTo(chunk, at))
      if (size > left && (isWhole || left < FRAME_LIMIT)) return held.add(chunk, at, chunk.length)
      const end = Math.min(chunk.length, at + size)
      if (!isWhole) begin(chunk.subarray(at, end), size)
      else {
        const bulk = handler.run === undefined ? undefined : header.kinds[chunk[at] ?? 0]
        if (bulk !== undefined && header.bulk.includes(bulk) && handler.run !== undefined) {
          at = batch(handler.run, bulk, chunk, at, end)
          continue
        }
        emit(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end))
      }
      at = end
    }
  }

  return createFrameReader((chunk) => cut(chunk, held.size() > 0 ? complete(chunk) : 0))
}

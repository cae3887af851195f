/** The beginning of a frame whose rest comes with later chunks. */
export interface HeldBytes {
  readonly size: () => number
  /** Copies a part of a chunk behind what is held. */
  readonly add: (chunk: Buffer, start: number, end: number) => void
  /** Begins with what is held; whatever lies behind `size()` means nothing. Cheaper than `take`, for a look at a header. */
  readonly buffer: () => Buffer
  /** What is held, valid until more is added; afterwards nothing is held. */
  readonly take: () => Buffer
}

/** A larger buffer is given back when its frame is complete: most connections never need it again. */
const KEEP = 8192

/** Grows by powers of two, so that a frame which comes byte by byte is copied a few times only, and one of `FRAME_LIMIT` takes no more. */
export function createHeldBytes(): HeldBytes {
  let buffer = Buffer.alloc(0)
  let size = 0
  return {
    size: () => size,
    add: (chunk, start, end) => {
      const needed = size + end - start
      if (needed > buffer.length) {
        const larger = Buffer.allocUnsafe(Math.max(64, 2 ** Math.ceil(Math.log2(needed))))
        buffer.copy(larger, 0, 0, size)
        buffer = larger
      }
      chunk.copy(buffer, size, start, end)
      size = needed
    },
    buffer: () => buffer,
    take: () => {
      const taken = buffer.subarray(0, size)
      size = 0
      if (buffer.length > KEEP) buffer = Buffer.alloc(0)
      return taken
    },
  }
}

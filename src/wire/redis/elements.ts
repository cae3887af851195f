import type { FrameHandler, FrameReader } from '../frame-reader.js'
import { LF } from './bytes.js'
import { createReplyFrames } from './reply-frames.js'

/** Cuts an aggregate into its elements, each a frame of its own. The first bytes that it reads hold the aggregate's header. */
export function createElementReader(handler: FrameHandler): FrameReader {
  const elements = createReplyFrames(handler)
  let isInside = false
  return {
    read: (bytes) => {
      const body = isInside ? 0 : bytes.indexOf(LF) + 1
      isInside = true
      elements.read(bytes.subarray(body))
    },
  }
}

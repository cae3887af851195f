import type { ReplyDigest } from '../exchange.js'
import { createElementReader } from './elements.js'
import { createDigestReader, type DigestReader } from './reply-digest.js'

/** Hands out the elements of EXEC's reply in order. A large element comes as its digest. */
export function createElementSplitter(
  give: (element: Buffer | ReplyDigest, bytes: number, type: number | undefined) => void,
): (piece: Buffer) => void {
  let digest: DigestReader | undefined
  let type: number | undefined
  return createElementReader({
    frame: (_kind, bytes) => give(bytes, bytes.length, bytes[0]),
    piece: (_kind, bytes, index, isLast, totalBytes) => {
      if (index === 0) {
        digest = createDigestReader()
        type = bytes[0]
      }
      digest?.read(bytes)
      if (isLast && digest !== undefined) give(digest.digest(), totalBytes, type)
    },
  }).read
}

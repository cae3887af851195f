import { LF } from '../bytes.js'
import { createElementReader } from '../elements.js'

/** Rewrites a request or a reply as it comes, piece by piece: what it gives for all pieces together is the whole. */
export type PieceEditor = (piece: Buffer) => Buffer

/**
 * For an array. Its header goes on as it is: the number of elements stays. `edit` gives what goes instead of an element, or of each piece of a large
 * one; `index` counts those.
 */
export function createElementEditor(edit: (bytes: Buffer, element: number, index: number, isLast: boolean) => Buffer): PieceEditor {
  let parts: Buffer[] = []
  let element = 0
  let isBehindHeader = false
  const add = (bytes: Buffer, index: number, isLast: boolean): void => {
    const edited = edit(bytes, element, index, isLast)
    // What a reader hands out may be overwritten by the next.
    parts.push(edited === bytes ? Buffer.from(bytes) : edited)
    if (isLast) element += 1
  }
  const { read } = createElementReader({
    frame: (_kind, bytes) => add(bytes, 0, true),
    piece: (_kind, bytes, index, isLast) => add(bytes, index, isLast),
  })
  return (piece) => {
    if (!isBehindHeader) parts.push(Buffer.from(piece.subarray(0, piece.indexOf(LF) + 1)))
    isBehindHeader = true
    read(piece)
    const edited = Buffer.concat(parts)
    parts = []
    return edited
  }
}

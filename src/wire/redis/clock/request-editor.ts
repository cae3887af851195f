import { LF } from '../bytes.js'
import { createElementReader } from '../elements.js'
import type { ArgumentEditor } from './request-times.js'

/** Longer arguments are no moments, no options and no names. */
const LONGEST = 40

/**
 * Rewrites a request of bulk strings as it comes, piece by piece. Each argument bears its own length, and their number stays, so that what
 * is given for all pieces together is one whole request again. `onEdit` is called for each argument that another stands for.
 */
export function createRequestEditor(edit: ArgumentEditor, onEdit: () => void): (piece: Buffer) => Buffer {
  let parts: Buffer[] = []
  let position = 0
  let isBehindHeader = false
  const { read } = createElementReader({
    frame: (_kind, bytes) => {
      const start = bytes.indexOf(LF) + 1
      const isLong = bytes.length - start > LONGEST
      const told = edit(position, isLong ? '' : bytes.toString('latin1', start, bytes.length - 2))
      const edited = isLong ? undefined : told
      if (edited !== undefined) onEdit()
      // What a reader hands out may be overwritten by the next.
      parts.push(edited === undefined ? Buffer.from(bytes) : encodeArgument(edited))
      position += 1
    },
    piece: (_kind, bytes, index) => {
      parts.push(Buffer.from(bytes))
      if (index > 0) return
      edit(position, '')
      position += 1
    },
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

/** A request of these arguments, latin1. */
export function encodeRequest(args: readonly string[]): Buffer {
  return Buffer.concat([Buffer.from(`*${args.length}\r\n`), ...args.map(encodeArgument)])
}

function encodeArgument(text: string): Buffer {
  return Buffer.from(`$${text.length}\r\n${text}\r\n`, 'latin1')
}

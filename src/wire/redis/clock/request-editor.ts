import { LF } from '../bytes.js'
import { createElementEditor, type PieceEditor } from './element-editor.js'
import type { ArgumentEditor } from './request-times.js'

/** Longer arguments are no moments, no options and no names. */
const LONGEST = 40

/**
 * Rewrites a request of bulk strings as it comes, piece by piece. Each argument bears its own length, and their number stays, so that what
 * is given for all pieces together is one whole request again. `onEdit` is called for each argument that another stands for.
 */
export function createRequestEditor(edit: ArgumentEditor, onEdit: () => void): PieceEditor {
  return createElementEditor((bytes, position, index, isLast) => {
    if (index > 0) return bytes
    const start = bytes.indexOf(LF) + 1
    const isLong = !isLast || bytes.length - start > LONGEST
    const edited = edit(position, isLong ? '' : bytes.toString('latin1', start, bytes.length - 2))
    if (isLong || edited === undefined) return bytes
    onEdit()
    return encodeArgument(edited)
  })
}

/** A request of these arguments, latin1. */
export function encodeRequest(args: readonly string[]): Buffer {
  return Buffer.concat([Buffer.from(`*${args.length}\r\n`), ...args.map(encodeArgument)])
}

function encodeArgument(text: string): Buffer {
  return Buffer.from(`$${text.length}\r\n${text}\r\n`, 'latin1')
}

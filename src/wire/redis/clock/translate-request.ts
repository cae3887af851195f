import { ARGUMENT_LIMIT } from '../arguments.js'
import { textOfBytes } from '../text-of-bytes.js'
import { replyTimesOf, type ReplyTimes } from './reply-times.js'
import { createRequestEditor, encodeRequest } from './request-editor.js'
import { editorOf, isReadFromItsEnd, type ArgumentEditor } from './request-times.js'
import type { ScriptTexts } from './script-texts.js'
import { whyUntranslated } from './untranslatable.js'

/** The request that goes, as far as a translation asks for it. */
interface DepartingRequest {
  readonly kind: 'command' | 'inline'
  readonly name: () => string
  readonly args: () => readonly string[]
  readonly isWhole: boolean
}

/** What becomes of one request while the clock is ahead. */
export interface Translation {
  /** What goes instead of each piece; nothing: all of them as they are. */
  readonly edit: RequestEditor | undefined
  readonly reply: ReplyTimes | undefined
  /** In short what was done, for whoever reads a recording: to be asked when all of the request has gone. */
  readonly steered: () => string | undefined
  readonly untranslated: { readonly command: string; readonly why: string } | undefined
}

type RequestEditor = (piece: Buffer, isLast: boolean) => Buffer

/** Called when the request goes, not when it comes: one that was held means the time at which the server gets it. */
export function translateRequest(request: DepartingRequest, offsetMs: number, texts: ScriptTexts): Translation | undefined {
  const name = request.name()
  const args = request.args()
  const offset = BigInt(offsetMs)
  const reply = replyTimesOf(name, offset)
  let isEdited = false
  const create = (all: readonly string[]): ArgumentEditor | undefined =>
    reply?.askInstead === undefined ? editorOf(name, offset, all) : (position) => (position === 0 ? reply.askInstead : undefined)
  const edit = createEditor(request, create, () => (isEdited = true))
  const why = edit === 'too long' ? TOO_LONG : whyUntranslated(name, args, texts)
  if (reply === undefined && why === undefined && edit === undefined) return undefined
  return {
    edit: edit === 'too long' ? undefined : edit,
    reply,
    steered: () =>
      reply !== undefined || isEdited ? `translated by the clock ${reply === undefined ? '−' : '+'}${inUnits(offsetMs)}` : undefined,
    untranslated: why === undefined ? undefined : { command: shorten(name, args), why },
  }
}

const TOO_LONG = `it came as a line of words, one of them of more than ${ARGUMENT_LIMIT} bytes`

function createEditor(
  request: DepartingRequest,
  create: (args: readonly string[]) => ArgumentEditor | undefined,
  onEdit: () => void,
): RequestEditor | 'too long' | undefined {
  const args = request.args()
  const editor = create(args)
  if (editor === undefined) return undefined
  if (!request.isWhole) {
    return isReadFromItsEnd(request.name()) ? keepUntilWhole(() => create(request.args()), onEdit) : createRequestEditor(editor, onEdit)
  }
  const edited = args.map((argument, position) => editor(position, argument) ?? argument)
  if (edited.every((argument, position) => argument === args[position])) return undefined
  if (request.kind === 'command')
    return createRequestEditor((position) => (edited[position] === args[position] ? undefined : edited[position]), onEdit)
  if (edited.some(({ length }) => length >= ARGUMENT_LIMIT)) return 'too long'
  onEdit()
  return () => encodeRequest(edited)
}

function keepUntilWhole(create: () => ArgumentEditor | undefined, onEdit: () => void): RequestEditor {
  const pieces: Buffer[] = []
  return (piece, isLast) => {
    pieces.push(Buffer.from(piece))
    if (!isLast) return Buffer.alloc(0)
    const whole = Buffer.concat(pieces)
    const editor = create()
    return editor === undefined ? whole : createRequestEditor(editor, onEdit)(whole)
  }
}

function inUnits(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`
}

/** So much that equal ones are counted together: a script is known by its digest or by its beginning. */
function shorten(name: string, args: readonly string[]): string {
  const first = textOfBytes(args[1] ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return `${name} ${first.length > 60 ? `${first.slice(0, 59)}…` : first}`.trim()
}

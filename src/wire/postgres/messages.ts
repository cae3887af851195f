import { WireError } from '../wire-error.js'
import { openMessage, type MessageCursor } from './message-cursor.js'

/*
 * Texts (statements, names, fields of errors) are decoded as UTF-8, values are latin1 bytes. A decoder takes the whole frame, header included.
 * Those of messages that may be large also take the first piece of one: with `isCut` a field may end where the bytes end, and what lies
 * behind it is left out.
 * All throw a `WireError`, and nothing else, for bytes that are not the message. What PostgreSQL itself refuses with an ordinary error
 * (a wrong number of formats, bytes after the last field) is not refused here.
 */

/** Of a bound value no more is kept. */
const VALUE_BYTES = 4096
/** A length of -1 stands for SQL's NULL. */
const NULL_LENGTH = 0xffff_ffff

export type Format = 'text' | 'binary'
export type Target = 'portal' | 'statement'

export interface ParseMessage {
  readonly name: string
  readonly sql: string
  /** Types that the client names, 0 for one that it leaves to the server; often none at all. */
  readonly types: readonly number[]
}

export interface BindNames {
  readonly portal: string
  readonly statement: string
}

export interface BoundValues {
  /** One for each value, though a client may send one for all or none. */
  readonly formats: readonly Format[]
  /** latin1 bytes, cut at 4 kB; null for SQL's NULL. Of a cut message: as many as there are. */
  readonly values: readonly (string | null)[]
}

export interface BindMessage extends BindNames, BoundValues {}

export interface ExecuteMessage {
  readonly portal: string
  /** 0: all rows. */
  readonly maxRows: number
}

export interface TargetMessage {
  readonly target: Target
  readonly name: string
}

export interface FunctionCallMessage extends BoundValues {
  /** OID of the function. */
  readonly function: number
}

export interface CancelKey {
  readonly processId: number
  readonly secret: string
}

export interface CopyResponse {
  readonly format: Format
  readonly columns: number
}

/** The fields of an error or a notice by their letter: `S` severity, `V` the same untranslated, `C` SQLSTATE, `M` message, `W` context, `R` routine… */
export type NoticeFields = ReadonlyMap<string, string>

export function decodeQuery(frame: Buffer, isCut = false): string {
  return openMessage(frame, 'Q', 'Query', isCut).text()
}

export function decodeParse(frame: Buffer, isCut = false): ParseMessage {
  const message = openMessage(frame, 'P', 'Parse', isCut)
  return { name: message.text(), sql: message.text(), types: readTypes(message) }
}

export function decodeBind(frame: Buffer, isCut = false): BindMessage {
  const message = openMessage(frame, 'B', 'Bind', isCut)
  return { portal: message.text(), statement: message.text(), ...readValues(message, 'Bind') }
}

/** Cheaper than `decodeBind`, for those who need no values. */
export function decodeBindNames(frame: Buffer, isCut = false): BindNames {
  const message = openMessage(frame, 'B', 'Bind', isCut)
  return { portal: message.text(), statement: message.text() }
}

export function decodeExecute(frame: Buffer): ExecuteMessage {
  const message = openMessage(frame, 'E', 'Execute')
  return { portal: message.text(), maxRows: message.uint32() }
}

export function decodeDescribe(frame: Buffer): TargetMessage {
  return readTarget(openMessage(frame, 'D', 'Describe'), 'Describe')
}

export function decodeClose(frame: Buffer): TargetMessage {
  return readTarget(openMessage(frame, 'C', 'Close'), 'Close')
}

export function decodeFunctionCall(frame: Buffer, isCut = false): FunctionCallMessage {
  const message = openMessage(frame, 'F', 'FunctionCall', isCut)
  return { function: message.uint32(), ...readValues(message, 'FunctionCall') }
}

/** The types of a statement's parameters, as the server has settled them. */
export function decodeParameterDescription(frame: Buffer): readonly number[] {
  return readTypes(openMessage(frame, 't', 'ParameterDescription'))
}

/** The tag of a CommandComplete: `SELECT 3`, `INSERT 0 1`, `BEGIN`. */
export function decodeCommandComplete(frame: Buffer): string {
  return openMessage(frame, 'C', 'CommandComplete').text()
}

/** Of an ErrorResponse or a NoticeResponse; of a letter that comes twice, the last. */
export function decodeNotice(frame: Buffer, isCut = false): NoticeFields {
  const message = frame[0] === 0x45 ? openMessage(frame, 'E', 'ErrorResponse', isCut) : openMessage(frame, 'N', 'NoticeResponse', isCut)
  const fields = new Map<string, string>()
  while (!message.isCut || message.hasMore()) {
    const letter = message.byte()
    if (letter === 0) break
    fields.set(String.fromCharCode(letter), message.text())
  }
  return fields
}

/** The transaction status of a ReadyForQuery: idle, in a transaction, in a failed one. */
export function decodeReadyForQuery(frame: Buffer): 'I' | 'T' | 'E' {
  const status = String.fromCharCode(openMessage(frame, 'Z', 'ReadyForQuery').byte())
  if (status === 'I' || status === 'T' || status === 'E') return status
  throw new WireError(`ReadyForQuery has the status ${JSON.stringify(status)}`)
}

/** A setting that the server tells clients about. */
export function decodeParameterStatus(frame: Buffer): { readonly name: string; readonly value: string } {
  const message = openMessage(frame, 'S', 'ParameterStatus')
  return { name: message.text(), value: message.text() }
}

/** What a CancelRequest has to name; the secret as latin1 bytes, four of them in protocol 3.0. */
export function decodeBackendKeyData(frame: Buffer): CancelKey {
  const message = openMessage(frame, 'K', 'BackendKeyData')
  return { processId: message.uint32(), secret: message.rest() }
}

/** Of a CopyInResponse (`G`), CopyOutResponse (`H`) or CopyBothResponse (`W`). */
export function decodeCopyResponse(frame: Buffer): CopyResponse {
  const kind = String.fromCharCode(frame[0] ?? 0)
  const message = openMessage(frame, 'HW'.includes(kind) ? kind : 'G', 'CopyResponse')
  return { format: message.byte() === 0 ? 'text' : 'binary', columns: message.uint16() }
}

function readTarget(message: MessageCursor, name: string): TargetMessage {
  const target = String.fromCharCode(message.byte())
  if (target !== 'P' && target !== 'S') throw new WireError(`${name} is of ${JSON.stringify(target)}, neither portal nor statement`)
  return { target: target === 'P' ? 'portal' : 'statement', name: message.text() }
}

function readTypes(message: MessageCursor): readonly number[] {
  const types: number[] = []
  if (message.isCut && !message.hasMore(2)) return types
  for (let left = message.uint16(); left > 0 && (!message.isCut || message.hasMore(4)); left -= 1) types.push(message.uint32())
  return types
}

function readValues(message: MessageCursor, name: string): BoundValues {
  const { isCut, hasMore } = message
  const said: Format[] = []
  const values: (string | null)[] = []
  if (isCut && !hasMore(2)) return { formats: [], values }
  for (let left = message.uint16(); left > 0 && (!isCut || hasMore(2)); left -= 1) said.push(message.uint16() === 0 ? 'text' : 'binary')
  if (isCut && !hasMore(2)) return { formats: [], values }
  for (let left = message.uint16(); left > 0 && (!isCut || hasMore(4)); left -= 1) {
    const length = message.uint32()
    if (length >= 2 ** 31 && length !== NULL_LENGTH) throw new WireError(`${name} has a value of ${length | 0} bytes`)
    values.push(length === NULL_LENGTH ? null : message.bytes(length, VALUE_BYTES))
  }
  const forAll = said.length === 1 ? said[0] : undefined
  return { formats: values.map((_, at) => forAll ?? said[at] ?? 'text'), values }
}

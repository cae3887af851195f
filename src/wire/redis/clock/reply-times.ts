import { ARRAY, CR, INTEGER, MINUS } from '../bytes.js'
import { createElementEditor, type PieceEditor } from './element-editor.js'

/** What a reply says of the server's time, told in the application's. */
export interface ReplyTimes {
  /** What must be asked instead: the milliseconds of it, where seconds would be rounded twice. */
  readonly askInstead: string | undefined
  /** Of each whole number above 0 in the reply; the others mean that there is no such moment. */
  readonly later: (moment: bigint) => bigint
  /** The reply of TIME: seconds and microseconds, as two texts. */
  readonly isClock: boolean
}

/** `roundUp`: what is added before the division by 1000, as the server itself does it for this command. */
const IN_SECONDS: ReadonlyMap<string, { readonly precise: string | undefined; readonly roundUp: bigint }> = new Map([
  // ttlGenericCommand of Redis' expire.c
  ['EXPIRETIME', { precise: 'PEXPIRETIME', roundUp: 500n }],
  // httlGenericCommand of its t_hash.c
  ['HEXPIRETIME', { precise: 'HPEXPIRETIME', roundUp: 999n }],
  ['LASTSAVE', { precise: undefined, roundUp: 0n }],
])
const IN_MILLISECONDS: ReadonlySet<string> = new Set(['PEXPIRETIME', 'HPEXPIRETIME'])

/** Nothing for commands that do not tell a moment. */
export function replyTimesOf(name: string, offsetMs: bigint): ReplyTimes | undefined {
  if (name === 'TIME') return { askInstead: undefined, later: (micros) => micros + offsetMs * 1000n, isClock: true }
  if (IN_MILLISECONDS.has(name)) return { askInstead: undefined, later: (moment) => moment + offsetMs, isClock: false }
  const seconds = IN_SECONDS.get(name)
  if (seconds === undefined) return undefined
  if (offsetMs % 1000n === 0n) return { askInstead: undefined, later: (moment) => moment + offsetMs / 1000n, isClock: false }
  const { precise, roundUp } = seconds
  return {
    askInstead: precise,
    later: (moment) => ((precise === undefined ? moment * 1000n : moment) + offsetMs + roundUp) / 1000n,
    isClock: false,
  }
}

/** For the reply of a command that tells moments. Errors, QUEUED and nulls stay as they are. */
export function createReplyEditor(times: ReplyTimes): PieceEditor {
  return createEditor(() => undefined, times)
}

/** For EXEC's reply: `timesOf` knows what the command of each element tells. */
export function createExecEditor(timesOf: (element: number) => ReplyTimes | undefined): PieceEditor {
  return createEditor(timesOf, undefined)
}

function createEditor(timesOf: (element: number) => ReplyTimes | undefined, own: ReplyTimes | undefined): PieceEditor {
  let inside: PieceEditor | undefined
  return (piece) => {
    if (inside !== undefined) return inside(piece)
    if (piece[0] === ARRAY && piece[1] !== MINUS) {
      inside = own?.isClock === true ? (bytes) => editClock(bytes, own) : editElements((at) => own ?? timesOf(at))
      return inside(piece)
    }
    inside = (bytes) => bytes
    return own !== undefined && piece[0] === INTEGER ? editInteger(piece, own) : piece
  }
}

function editElements(timesOf: (element: number) => ReplyTimes | undefined): PieceEditor {
  let editor: PieceEditor | undefined
  return createElementEditor((bytes, element, index) => {
    if (index === 0) {
      const times = timesOf(element)
      editor = times === undefined ? undefined : createReplyEditor(times)
    }
    return editor?.(bytes) ?? bytes
  })
}

function editInteger(bytes: Buffer, { later }: ReplyTimes): Buffer {
  const value = BigInt(bytes.toString('latin1', 1, bytes.indexOf(CR)))
  return value > 0n ? Buffer.from(`:${later(value)}\r\n`) : bytes
}

const CLOCK = /^\*2\r\n\$\d+\r\n(\d+)\r\n\$\d+\r\n(\d+)\r\n$/

function editClock(bytes: Buffer, { later }: ReplyTimes): Buffer {
  const [, seconds, micros] = CLOCK.exec(bytes.toString('latin1')) ?? []
  if (seconds === undefined || micros === undefined) return bytes
  const moved = later(BigInt(seconds) * 1_000_000n + BigInt(micros))
  const texts = [String(moved / 1_000_000n), String(moved % 1_000_000n)]
  return Buffer.from(`*2\r\n${texts.map((text) => `$${text.length}\r\n${text}\r\n`).join('')}`)
}

import { ARRAY, CR, INTEGER, LF, MINUS } from '../bytes.js'
import { createElementReader } from '../elements.js'

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

/** Rewrites a reply as it comes, piece by piece; what it gives for all pieces together is the whole reply. */
export type ReplyEditor = (piece: Buffer) => Buffer

/** For the reply of a command that tells moments. Errors, QUEUED and nulls stay as they are. */
export function createReplyEditor(times: ReplyTimes): ReplyEditor {
  return createElementEditor(() => undefined, times)
}

/** For EXEC's reply: `timesOf` knows what the command of each element tells. */
export function createExecEditor(timesOf: (element: number) => ReplyTimes | undefined): ReplyEditor {
  return createElementEditor(timesOf, undefined)
}

function createElementEditor(timesOf: (element: number) => ReplyTimes | undefined, own: ReplyTimes | undefined): ReplyEditor {
  let inside: ReplyEditor | undefined
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

/** The header goes on as it is: the number of elements stays. */
function editElements(timesOf: (element: number) => ReplyTimes | undefined): ReplyEditor {
  let parts: Buffer[] = []
  let element = 0
  let editor: ReplyEditor | undefined
  let isBehindHeader = false
  const editorFor = (): ReplyEditor => {
    const times = timesOf(element)
    return times === undefined ? (bytes) => bytes : createReplyEditor(times)
  }
  // What a reader hands out may be overwritten by the next.
  const { read } = createElementReader({
    frame: (_kind, bytes) => {
      parts.push(Buffer.from(editorFor()(bytes)))
      element += 1
    },
    piece: (_kind, bytes, index, isLast) => {
      if (index === 0) editor = editorFor()
      parts.push(Buffer.from(editor?.(bytes) ?? bytes))
      if (isLast) element += 1
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

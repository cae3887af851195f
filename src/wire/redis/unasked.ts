import { ARRAY, CR, LF, STATUS } from './bytes.js'
import { toConnectionWord, type ConnectionWord } from './connection-words.js'

const MESSAGES = new Set(['message', 'pmessage', 'smessage'])
/** `1339518083.107412 [0 127.0.0.1:60866] "get" "x"` */
const MONITOR_LINE = /^\+\d+\.\d{6} \[/

/** Whether an array is what a subscriber gets in RESP2 without asking. Such a connection has no other array that begins so. */
export function readMessageWord(bytes: Buffer): boolean {
  return bytes[0] === ARRAY && MESSAGES.has(readFirstText(bytes) ?? '')
}

/** The kind of subscription that an array or push confirms. */
export function readConfirmedWord(bytes: Buffer): ConnectionWord | undefined {
  return toConnectionWord(readFirstText(bytes) ?? '')
}

export function isMonitorLine(bytes: Buffer): boolean {
  return bytes[0] === STATUS && MONITOR_LINE.test(bytes.toString('latin1', 0, 64))
}

/** The first element, where it is a text. */
function readFirstText(bytes: Buffer): string | undefined {
  const length = bytes.indexOf(LF) + 1
  const start = bytes.indexOf(LF, length) + 1
  const end = bytes.indexOf(CR, start)
  return length === 0 || start === 0 || end === -1 ? undefined : bytes.toString('latin1', start, end)
}

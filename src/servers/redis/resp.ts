/** A RESP2 reply. Errors are values here: which command failed is known to the caller. */
export type RespReply = string | number | null | RespError | readonly RespReply[]

export interface RespError {
  readonly error: string
}

export function isRespError(reply: RespReply): reply is RespError {
  return typeof reply === 'object' && reply !== null && 'error' in reply
}

/** One reply from the start of `bytes` and where the next begins, or `undefined` while it is incomplete. */
export function readReply(bytes: Buffer, start = 0): { readonly reply: RespReply; readonly end: number } | undefined {
  const lineEnd = bytes.indexOf('\r\n', start)
  if (lineEnd === -1) return undefined
  const text = bytes.toString('utf8', start + 1, lineEnd)
  const end = lineEnd + 2
  switch (bytes.toString('latin1', start, start + 1)) {
    case '+':
      return { reply: text, end }
    case '-':
      return { reply: { error: text }, end }
    case ':':
      return { reply: Number(text), end }
    case '$':
      return readBulk(bytes, end, Number(text))
    case '*':
      return readArray(bytes, end, Number(text))
    default:
      throw new Error(`This is no reply of Redis: ${JSON.stringify(bytes.toString('latin1', start, start + 40))}.`)
  }
}

function readBulk(bytes: Buffer, start: number, length: number): ReturnType<typeof readReply> {
  if (length === -1) return { reply: null, end: start }
  const end = start + length + 2
  return bytes.length < end ? undefined : { reply: bytes.toString('utf8', start, start + length), end }
}

function readArray(bytes: Buffer, start: number, length: number): ReturnType<typeof readReply> {
  if (length === -1) return { reply: null, end: start }
  const replies: RespReply[] = []
  let end = start
  for (let index = 0; index < length; index += 1) {
    const item = readReply(bytes, end)
    if (item === undefined) return undefined
    replies.push(item.reply)
    end = item.end
  }
  return { reply: replies, end }
}

/** A request: an array of bulk strings. */
export function writeRequest(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

import { readReply, type RespReply } from '../../servers/redis/resp.js'

const PLUS = 0x2b
const O = 0x4f
const K = 0x4b
const OK_BYTES = 5

/** Takes what the server sends, in any pieces, and hands on each reply. `OK`, which nearly all of them are, is not parsed. */
export function createReplyReader(accept: (reply: RespReply) => void): (piece: Buffer) => void {
  let rest: Buffer | undefined
  return (piece) => {
    const bytes = rest === undefined ? piece : Buffer.concat([rest, piece])
    rest = undefined
    let at = 0
    while (at < bytes.length) {
      if (at + OK_BYTES <= bytes.length && bytes[at] === PLUS && bytes[at + 1] === O && bytes[at + 2] === K && bytes[at + 3] === 0x0d) {
        accept('OK')
        at += OK_BYTES
        continue
      }
      const next = readReply(bytes, at)
      if (next === undefined) {
        rest = Buffer.from(bytes.subarray(at))
        return
      }
      accept(next.reply)
      at = next.end
    }
  }
}

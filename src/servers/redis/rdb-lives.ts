import { open } from 'node:fs/promises'

/**
 * An RDB file says of each key the moment at which it expires. A saved one is of use later only if these are counted anew from the moment of the
 * load. Nothing but Redis can read all of the format (rdb.c; modules have formats of their own), so keys are saved with lives counted from a moment
 * of our choice: the upper bytes of that number are a mark that can be found without reading the rest.
 */
export interface LifeMark {
  /** The moment that lives are counted from, in milliseconds since 1970. */
  readonly base: bigint
  /** The upper three bytes of each moment of expiry, as they stand in the file. */
  readonly bytes: Buffer
}

/** Lives have the other five bytes: 34 years. */
const LIFE_BYTES = 5
const MARK_BYTES = 3
/** RDB_OPCODE_EXPIRETIME_MS: eight bytes follow, the lowest first. */
const EXPIRE_TIME = 0xfc
const ENTRY_BYTES = 1 + LIFE_BYTES + MARK_BYTES
const CHUNK_BYTES = 1_048_576

/** There are many, in case one stands in the values. */
export function createLifeMark(attempt: number): LifeMark {
  const bytes = Buffer.from([0xb7 + attempt, 0xe3, 0x5a])
  return { bytes, base: BigInt(bytes.readUIntLE(0, MARK_BYTES)) << BigInt(8 * LIFE_BYTES) }
}

/**
 * Copies a file of saved keys to `to`, where marked lives are counted from `nowMs`; without it they stay as they are.
 *
 * @returns how many there are
 */
export async function copyWithLives(from: string, to: string, mark: LifeMark, nowMs?: number): Promise<number> {
  await using input = await open(from)
  await using output = await open(to, 'wx', 0o644)
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES + ENTRY_BYTES)
  let lives = 0
  let kept = 0
  for (;;) {
    const { bytesRead } = await input.read(buffer, kept, CHUNK_BYTES)
    const filled = kept + bytesRead
    // The start of an entry stays for the next round.
    const done = bytesRead === 0 ? filled : Math.max(0, filled - ENTRY_BYTES + 1)
    lives += setLives(buffer.subarray(0, filled), done, mark, nowMs)
    await output.writeFile(buffer.subarray(0, done))
    if (bytesRead === 0) return lives
    buffer.copyWithin(0, done, filled)
    kept = filled - done
  }
}

/** Of entries that begin before `end`. */
function setLives(bytes: Buffer, end: number, mark: LifeMark, nowMs: number | undefined): number {
  let lives = 0
  for (let at = bytes.indexOf(mark.bytes); at !== -1; at = bytes.indexOf(mark.bytes, at + 1)) {
    const time = at - LIFE_BYTES
    if (time < 1 || time > end || bytes[time - 1] !== EXPIRE_TIME) continue
    lives += 1
    if (nowMs === undefined) continue
    const expiresMs = nowMs + bytes.readUIntLE(time, LIFE_BYTES)
    bytes.writeUInt32LE(expiresMs % 2 ** 32, time)
    bytes.writeUInt32LE(Math.floor(expiresMs / 2 ** 32), time + 4)
  }
  return lives
}

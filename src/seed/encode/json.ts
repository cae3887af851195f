import { unfit, type ValueCodec, type ValueWriter } from './value-writer.js'
import { writeText } from './text.js'

/** A text is taken as JSON that is written already; everything else is written as JSON. */
export const json: ValueCodec = { types: ['json'], createValueWriter: () => (target, at, value) => writeText(target, at, toJson(value)) }

export const jsonb: ValueCodec = { types: ['jsonb', 'jsonpath'], createValueWriter: (): ValueWriter => writeVersioned }

/** A version byte of 1, then the text. */
function writeVersioned(target: Buffer, at: number, value: unknown): number {
  const content = toJson(value)
  // Stringified, only a lone half of a pair is escaped; of a text the user wrote the server judges.
  if (typeof value !== 'string' && /\\u(?:0000|d[89a-f])/.test(content) && /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/.test(content)) {
    throw unfit('free of the character NUL and of halves of surrogate pairs, which jsonb cannot store')
  }
  if (at >= target.length) return -1
  target[at] = 1
  return writeText(target, at + 1, content)
}

function toJson(value: unknown): string {
  if (typeof value === 'string') return value
  let content: string | undefined
  try {
    content = JSON.stringify(value)
  } catch {
    // A circle or a bigint: told below.
  }
  if (content === undefined) throw unfit('what JSON can say')
  return content
}

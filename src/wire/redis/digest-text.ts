import type { ReplyDigest } from '../exchange.js'
import { digestReply, MAX_PRESENCE } from './reply-digest.js'
import { readReply } from './reply.js'

const digest = (kind: string): ReplyDigest => Object.freeze({ kind, elements: 0, presence: '' })
const NULL = digest('null')
const SCALARS: Readonly<Record<string, ReplyDigest>> = {
  $: digest('bulk'),
  '+': digest('status'),
  '-': digest('error'),
  ':': digest('integer'),
  _: NULL,
}
const LINES = new Set(['+', '-', ':', ',', '#', '(', '_'])

/** As `digestReply(readReply(…))` of latin1 text, without making a value of each element: whoever counts hits reads a hundred thousand. */
export function digestText(reply: string): ReplyDigest {
  const type = reply[0] ?? ''
  if ((type === '$' || type === '*') && reply[1] === '-') return NULL
  if (type !== '$' || reply[1] !== '?') {
    const scalar = SCALARS[type]
    if (scalar !== undefined) return scalar
  }
  const flat = type === '*' ? digestFlat(reply) : undefined
  return flat ?? digestReply(readReply(Buffer.from(reply, 'latin1')))
}

/** Undefined where an element is no plain value. */
function digestFlat(reply: string): ReplyDigest | undefined {
  let at = reply.indexOf('\n') + 1
  const elements = Number(reply.slice(1, at - 2))
  if (!(elements <= MAX_PRESENCE)) return undefined
  let presence = ''
  for (let index = 0; index < elements; index += 1) {
    const type = reply[at] ?? ''
    const end = reply.indexOf('\n', at) + 1
    if (type === '$') {
      const length = Number(reply.slice(at + 1, end - 2))
      if (Number.isNaN(length)) return undefined
      presence += length < 0 ? '0' : '1'
      at = length < 0 ? end : end + length + 2
    } else {
      if (!LINES.has(type)) return undefined
      presence += type === '_' ? '0' : '1'
      at = end
    }
  }
  return { kind: 'array', elements, presence }
}

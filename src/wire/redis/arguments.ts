import { CR, LF, ZERO } from './bytes.js'
import { createElementReader } from './elements.js'

/** Longer arguments are cut: `CommandExchange.args`. */
export const ARGUMENT_LIMIT = 4096

/** The arguments of one whole request, each latin1 bytes cut at 4 kB. */
export function readArguments(kind: string, bytes: Buffer): string[] {
  if (kind === 'inline') return splitInline(bytes)
  const args: string[] = []
  let at = bytes.indexOf(LF) + 1
  while (at < bytes.length) {
    let length = 0
    for (at += 1; bytes[at] !== CR; at += 1) length = length * 10 + (bytes[at] ?? ZERO) - ZERO
    at += 2
    args.push(bytes.toString('latin1', at, at + Math.min(length, ARGUMENT_LIMIT)))
    at += length + 2
  }
  return args
}

/** Collects the arguments of a request that comes in pieces: those that have come. */
export function createArgumentCollector(): { readonly args: string[]; readonly read: (piece: Buffer) => void } {
  const args: string[] = []
  const add = (bytes: Buffer, end: number): void => {
    const start = bytes.indexOf(LF) + 1
    args.push(bytes.toString('latin1', start, Math.min(end, start + ARGUMENT_LIMIT)))
  }
  const { read } = createElementReader({
    frame: (_kind, bytes) => add(bytes, bytes.length - 2),
    piece: (_kind, bytes, index) => {
      if (index === 0) add(bytes, bytes.length)
    },
  })
  return { args, read }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' }

/** Words between blanks, quoted ones as Redis' own sdssplitargs reads them. A quote that is never closed ends with the line. */
function splitInline(bytes: Buffer): string[] {
  const words = /"(?:\\x[0-9a-fA-F]{2}|\\[^]|[^"\\])*"?|'(?:\\'|[^'])*'?|[^\s"']+|["']/g
  const line = bytes.toString('latin1').split('\0', 1)[0] ?? ''
  const args: string[] = []
  for (const word of line.matchAll(/(?:"(?:\\[^]|[^"\\])*"?|'(?:\\'|[^'])*'?|[^\s"'\xa0\ufeff]|\xa0)+/g)) {
    args.push(word[0].replace(words, (part) => unquote(part)).slice(0, ARGUMENT_LIMIT))
  }
  return args
}

function unquote(part: string): string {
  if (part.startsWith("'")) return part.slice(1, part.endsWith("'") && part.length > 1 ? -1 : undefined).replaceAll("\\'", "'")
  if (!part.startsWith('"')) return part
  const inside = /^"((?:\\[^]|[^"\\])*)/.exec(part)?.[1] ?? ''
  return inside.replace(/\\(?:x([0-9a-fA-F]{2})|([^]))/g, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

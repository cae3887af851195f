import type { ReplyDigest } from '../exchange.js'
import type { Lookup } from './lookups.js'
import type { Reply } from './reply.js'

interface JsonCall {
  readonly args: readonly string[]
  readonly keys: readonly string[]
  readonly digest: ReplyDigest
  readonly reply: () => Reply | undefined
}

const OPTIONS_WITH_VALUE = new Set(['INDENT', 'NEWLINE', 'SPACE', 'FORMAT'])

/** JSON.GET and JSON.MGET, by path. A path that starts with `$` gives the list of its matches, and an empty one is a miss. */
export function readJsonLookups({ args, keys, digest, reply: read }: JsonCall): readonly Lookup[] {
  const reply = read()
  if (args[0]?.toUpperCase() === 'JSON.MGET') {
    const path = args.at(-1)
    const items = reply !== undefined && 'items' in reply ? reply.items : undefined
    return keys
      .slice(0, digest.presence.length)
      .map((key, at) => lookUp(key, path, digest.presence[at] === '1' && !(isJsonPath(path) && isEmptyList(items?.[at]))))
  }
  const key = keys[0] ?? ''
  const paths = pathsOf(args)
  if (digest.kind === 'error') {
    const isMissing = reply?.kind === 'error' && /path .* does not exist/i.test(reply.text)
    return isMissing && paths.length === 1 ? [lookUp(key, paths[0], false)] : []
  }
  if (digest.kind === 'null') return paths.length === 0 ? [lookUp(key, undefined, false)] : paths.map((path) => lookUp(key, path, false))
  if (paths.length < 2) return [lookUp(key, paths[0], !(isJsonPath(paths[0]) && isEmptyList(reply)))]
  const found = parse(reply)
  return paths.map((path) => lookUp(key, path, !(isJsonPath(path) && isEmptyArray(found?.[path]))))
}

function pathsOf(args: readonly string[]): readonly string[] {
  const paths: string[] = []
  for (let at = 2; at < args.length; at += 1) {
    const word = args[at] ?? ''
    if (OPTIONS_WITH_VALUE.has(word.toUpperCase())) at += 1
    else if (word.toUpperCase() !== 'NOESCAPE') paths.push(word)
  }
  return paths
}

/** Others, the older kind, give one value, and an error where there is none. */
function isJsonPath(path: string | undefined): boolean {
  return path?.startsWith('$') === true
}

function isEmptyList(reply: Reply | undefined): boolean {
  return reply?.kind === 'bulk' && /^\s*\[\s*\]\s*$/.test(reply.bytes.toString('latin1', 0, 64))
}

function isEmptyArray(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0
}

/** With several paths the reply is an object by path. */
function parse(reply: Reply | undefined): Readonly<Record<string, unknown>> | undefined {
  if (reply?.kind !== 'bulk') return undefined
  try {
    const value: unknown = JSON.parse(reply.bytes.toString())
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function lookUp(key: string, field: string | undefined, isThere: boolean): Lookup {
  return { key, ...(field === undefined ? {} : { field }), outcome: isThere ? 'hit' : 'miss' }
}

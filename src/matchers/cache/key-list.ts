import { wrongOption } from '../../primitives/options.js'
import { globToRegExp } from '../../wire/redis-glob.js'

/** Names of keys, or globs as Redis has them. */
export type KeyList = string | readonly string[]

export interface ReadKeys {
  readonly texts: readonly string[]
  /** Which of `texts` a key is. */
  readonly of: (key: string) => readonly string[]
  readonly has: (key: string) => boolean
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` for what names no key */
export function readKeyList(keys: unknown, option: string = 'keys'): ReadKeys {
  const list: readonly unknown[] = Array.isArray(keys) ? keys : [keys]
  const texts = list.filter((one): one is string => typeof one === 'string' && one !== '')
  if (texts.length === 0 || texts.length < list.length) {
    throw wrongOption(option, "a key or glob such as 'product:*', or a list of them", keys)
  }
  const named = [...new Set(texts)]
  const globs = named.filter(isGlob).map((text) => ({ text, pattern: globToRegExp(text) }))
  const known = new Map<string, readonly string[]>()
  const of = (key: string): readonly string[] => {
    const before = known.get(key)
    if (before !== undefined) return before
    const found = [
      ...(named.includes(key) ? [key] : []),
      ...globs.flatMap(({ text, pattern }) => (text !== key && pattern.test(key) ? [text] : [])),
    ]
    known.set(key, found)
    return found
  }
  return { texts: named, of, has: (key) => of(key).length > 0 }
}

/** True for what stands for several keys. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text)
}

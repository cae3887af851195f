import type { Statement } from '../../wire/recording/recording.js'

const LITERAL = /'((?:[^']|'')*)'|(?<![\w$.])\d+(?:\.\d+)?(?![\w.])/g
const ARRAY = /^\{.*\}$/s
const ELEMENT = /"((?:[^"\\]|\\.)*)"|[^,{}]+/gs

/**
 * The values by which one execution of a statement is told from another, as text: those bound to it, each element of those that are arrays, or
 * where nothing is bound the literals in its text.
 */
export function valuesOf({ values, sql }: Statement): readonly string[] {
  if (values.length === 0) return [...sql.matchAll(LITERAL)].map(([whole, text]) => text?.replaceAll("''", "'") ?? whole)
  const texts: string[] = []
  // By index: of a frozen list, for…of makes an object for each element.
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? null
    if (value === null) continue
    const text = String(value)
    if (!text.startsWith('{') || !ARRAY.test(text)) texts.push(text)
    else for (const [whole, quoted] of text.matchAll(ELEMENT)) texts.push(quoted?.replaceAll(/\\(.)/gs, '$1') ?? whole)
  }
  return texts
}

/** The parts of a key that may be the id of what it caches: `product:7:en` → `product`, `7`, `en`. */
export function partsOfKey(key: string): readonly string[] {
  return key.split(/[:/|{}]+/).filter((part) => part !== '')
}

/** One piece of a condition as PostgreSQL prints it: a token, or all that stands between two brackets. */
export type ConditionItem = ConditionToken | ConditionGroup

export interface ConditionToken {
  /**
   * PostgreSQL prints its own words in capitals and quotes a name that has capitals, so the two cannot be confused: `AT TIME ZONE` are three
   * words, `at` is a column.
   */
  readonly kind: 'word' | 'name' | 'literal' | 'operator' | 'mark'
  /** Of a name without its quotes. */
  readonly text: string
  readonly start: number
  readonly end: number
}

export interface ConditionGroup {
  readonly kind: 'group'
  readonly bracket: '(' | '['
  readonly items: readonly ConditionItem[]
  readonly start: number
  readonly end: number
}

/** In turn: blank, string, quoted name, parameter or number, `::`, word or name, operator, bracket, anything else. */
const TOKEN =
  /(\s+)|([eEbBxX]?'(?:[^']|'')*')|("(?:[^"]|"")*")|(\$\d+|\d[\d.]*(?:[eE][+-]?\d+)?)|(::)|([\p{L}_][\p{L}\p{N}_$]*)|([-+*/<>=~!@#%^&|`?]+)|([([])|([)\]])|([^])/gu

/** Reads a condition into nested items. A bracket that is never closed ends with the text. */
export function readConditionItems(text: string): readonly ConditionItem[] {
  const stack: { bracket: '(' | '['; start: number; items: ConditionItem[] }[] = [{ bracket: '(', start: 0, items: [] }]
  const close = (end: number): void => {
    const closed = stack.length > 1 ? stack.pop() : undefined
    if (closed !== undefined) stack.at(-1)?.items.push({ kind: 'group', ...closed, end })
  }
  for (const match of text.matchAll(TOKEN)) {
    const [whole, blank, literal, quoted, number, cast, word, operator, open, closing] = match
    const start = match.index
    const end = start + whole.length
    const add = (kind: ConditionToken['kind'], value: string): void => void stack.at(-1)?.items.push({ kind, text: value, start, end })
    if (blank !== undefined) continue
    else if (open !== undefined) stack.push({ bracket: open === '[' ? '[' : '(', start, items: [] })
    else if (closing !== undefined) close(end)
    else if (quoted !== undefined) add('name', quoted.slice(1, -1).replaceAll('""', '"'))
    else if (literal !== undefined || number !== undefined) add('literal', whole)
    else if (word !== undefined) add(word === 'true' || word === 'false' ? 'literal' : /\p{Lu}/u.test(word) ? 'word' : 'name', word)
    else add(cast === undefined && operator !== undefined ? 'operator' : 'mark', whole)
  }
  while (stack.length > 1) close(text.length)
  return stack[0]?.items ?? []
}

/** Without the brackets around the whole. */
export function withoutOuterBrackets(items: readonly ConditionItem[]): readonly ConditionItem[] {
  const [only] = items
  return items.length === 1 && only?.kind === 'group' && only.bracket === '(' ? withoutOuterBrackets(only.items) : items
}

export function isWord(item: ConditionItem | undefined, ...words: readonly string[]): boolean {
  return item?.kind === 'word' && words.includes(item.text)
}

export function isMark(item: ConditionItem | undefined, mark: string): boolean {
  return item?.kind === 'mark' && item.text === mark
}

/** The items between those that `separates`. */
export function splitItems(
  items: readonly ConditionItem[],
  separates: (item: ConditionItem) => boolean,
): readonly (readonly ConditionItem[])[] {
  const parts: ConditionItem[][] = [[]]
  for (const item of items) {
    if (separates(item)) parts.push([])
    else parts.at(-1)?.push(item)
  }
  return parts
}

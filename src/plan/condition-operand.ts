import { isMark, isWord, readConditionItems, withoutOuterBrackets, type ConditionItem } from './condition-items.js'

/** One side of a comparison. */
export interface ConditionOperand {
  /** As PostgreSQL prints it, without brackets around the whole. */
  readonly text: string
  /** Every column in it, each once. */
  readonly columns: readonly OperandColumn[]
  /** It is a column and nothing else, casts aside. */
  readonly isColumn: boolean
  /** The type of the outermost cast, where it is nothing but casts of a column: `text` of `(code)::text`. */
  readonly cast: string | undefined
}

export interface OperandColumn {
  readonly column: string
  /** The relation's name in the statement, where the condition has it. */
  readonly alias: string | undefined
}

/** Reads one side of a comparison; `text` is the whole condition. */
export function readOperand(text: string, given: readonly ConditionItem[]): ConditionOperand {
  const items = withoutOuterBrackets(given)
  const columns = findColumns(items)
  const { inner, cast } = withoutCasts(text, items)
  return {
    text: sliceItems(text, items),
    columns: [...new Map(columns.map((column) => [`${column.alias}.${column.column}`, column])).values()],
    isColumn: columns.length === 1 && isReference(inner),
    cast: columns.length === 1 && isReference(inner) ? cast : undefined,
  }
}

/** Every column that a condition or an expression of a plan names, in its order. */
export function readColumns(text: string): readonly OperandColumn[] {
  return findColumns(readConditionItems(text))
}

export function sliceItems(text: string, items: readonly ConditionItem[]): string {
  return text.slice(items[0]?.start ?? 0, items.at(-1)?.end ?? 0)
}

/** `a` or `t.a` */
function isReference(items: readonly ConditionItem[]): boolean {
  const [first, dot, second] = items
  if (first?.kind !== 'name') return false
  return items.length === 1 || (items.length === 3 && isMark(dot, '.') && second?.kind === 'name')
}

function withoutCasts(text: string, items: readonly ConditionItem[]): { inner: readonly ConditionItem[]; cast: string | undefined } {
  const at = items.findLastIndex((item) => isMark(item, '::'))
  if (at <= 0 || endOfType(items, at + 1) !== items.length) return { inner: items, cast: undefined }
  const { inner } = withoutCasts(text, withoutOuterBrackets(items.slice(0, at)))
  return { inner, cast: sliceItems(text, items.slice(at + 1)) }
}

/** Types whose names are several words (format_type.c), after their first. */
const TYPE_WORDS: Readonly<Record<string, readonly string[]>> = {
  character: ['varying'],
  bit: ['varying'],
  double: ['precision'],
  timestamp: ['with', 'without', 'time', 'zone'],
  time: ['with', 'without', 'time', 'zone'],
  interval: ['year', 'month', 'day', 'hour', 'minute', 'second', 'to'],
}

/** Where the name of a type ends that begins at `start`. */
function endOfType(items: readonly ConditionItem[], start: number): number {
  const first = items[start]
  const more = first?.kind === 'name' ? (Object.hasOwn(TYPE_WORDS, first.text) ? TYPE_WORDS[first.text] : undefined) : undefined
  let end = start + 1
  for (let item = items[end]; item !== undefined; item = items[++end]) {
    const isPart =
      item.kind === 'group' ||
      (item.kind === 'name' && (more?.includes(item.text) === true || isMark(items[end - 1], '.'))) ||
      isMark(item, '.')
    if (!isPart) break
  }
  return end
}

function findColumns(items: readonly ConditionItem[]): readonly OperandColumn[] {
  const found: OperandColumn[] = []
  if (isSubPlan(items)) return found
  for (let at = 0; at < items.length; at++) {
    const item = items[at]
    const next = items[at + 1]
    if (item === undefined) continue
    if (isMark(item, '::')) at = endOfType(items, at + 1) - 1
    // `COLLATE "C"` and `(row).field` name no column; `OPERATOR(public.=)` neither.
    else if (isWord(item, 'COLLATE', 'OPERATOR') || isMark(item, '.')) at += 1
    else if (item.kind === 'group') found.push(...findColumns(item.items))
    else if (isWord(item, 'EXTRACT') && next?.kind === 'group') {
      found.push(...findColumns(next.items.slice(next.items.findIndex((one) => isWord(one, 'FROM')) + 1)))
      at += 1
    } else if (item.kind === 'name') {
      const second = isMark(next, '.') ? items[at + 2] : undefined
      const length = second === undefined ? 1 : 3
      const after = items[at + length]
      // A name before a bracket is a function's. Of `t.*` no column is named.
      const isFunction = after?.kind === 'group' && after.bracket === '('
      const column = second === undefined ? item.text : second.kind === 'name' ? second.text : undefined
      if (!isFunction && column !== undefined) found.push({ column, alias: second === undefined ? undefined : item.text })
      at += length - 1
    }
  }
  return found
}

/** `SubPlan 1`, `hashed SubPlan 1`, `InitPlan 1`, `alternatives: SubPlan 1 or hashed SubPlan 2`. */
function isSubPlan(items: readonly ConditionItem[]): boolean {
  return items.some((item, at) => isWord(item, 'SubPlan', 'InitPlan') && items[at + 1]?.kind === 'literal')
}

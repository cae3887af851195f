import { isMark, isWord, readConditionItems, splitItems, withoutOuterBrackets, type ConditionItem } from './condition-items.js'
import { readOperand, sliceItems, type ConditionOperand, type OperandColumn } from './condition-operand.js'

/** A column in a condition, and what is asked of it. */
export interface ConditionColumn {
  /** Of an expression of several columns the first. */
  readonly column: string
  /** The relation's name in the statement, where the condition has it: a plan of one relation has none. */
  readonly alias: string | undefined
  /** All columns of this side of the comparison; mostly one. */
  readonly columns: readonly OperandColumn[]
  /** This side as PostgreSQL prints it, where it is more than the column: `lower(email)`, `(code)::text`. */
  readonly expression: string | undefined
  /**
   * The type, where the expression is nothing but a cast of the column: `text` of `(code)::text`. A `varchar` is compared in this way as well, and an
   * index on it serves; a cast that converts, such as of an integer, is an expression like any other.
   */
  readonly cast: string | undefined
  /** `=`, `<`, `~~` (LIKE), `@>` …; `IS NULL`, `IS NOT NULL`, `IS DISTINCT FROM` …; empty for a function that is a condition by itself. */
  readonly operator: string
  /** The other side is a list: `= ANY ('{1,2}'::integer[])` is IN. */
  readonly quantifier: 'ANY' | 'ALL' | undefined
  /**
   * `equality`: one value, or one of a list. `range`: values from or up to one. `other`: anything else, such as `<>`, LIKE, or what stands below
   * a NOT.
   */
  readonly kind: 'equality' | 'range' | 'other'
  /** The other side, where it holds no column: `42`, `'open'::text`, `$1`. Of a bare boolean column `true` or `false`. */
  readonly value: string | undefined
  /** The columns of the other side. */
  readonly comparedWith: readonly OperandColumn[]
  /** One of several that are joined by OR: rows that do not meet it may be wanted all the same. */
  readonly alternative: boolean
  /** The whole comparison as PostgreSQL prints it. The operator is told as if the column stood on its left. */
  readonly text: string
}

/**
 * The columns of a condition as EXPLAIN prints it: `((user_id = 42) AND (lower(status) = 'open'::text))`. Each side of a comparison that holds
 * a column is one entry, so that a join's `(o.user_id = u.id)` has two. Never fails: what is not understood is left out or told as `other`.
 */
export function readConditionColumns(text: string): readonly ConditionColumn[] {
  const items = readConditionItems(text)
  // Several conditions of one node, such as the keys of a sort, are joined by commas.
  return splitItems(items, (item) => isMark(item, ',')).flatMap((part) => readPart({ text, negated: false, alternative: false }, part))
}

interface Reading {
  readonly text: string
  readonly negated: boolean
  readonly alternative: boolean
}

function readPart(reading: Reading, given: readonly ConditionItem[]): readonly ConditionColumn[] {
  const items = withoutOuterBrackets(given)
  for (const word of ['OR', 'AND']) {
    const parts = splitItems(items, (item) => isWord(item, word))
    if (parts.length === 1 || isWord(items[0], 'CASE')) continue
    // Below a NOT each has the other's meaning.
    const alternative = reading.alternative || (word === 'OR') !== reading.negated
    return parts.flatMap((part) => readPart({ ...reading, alternative }, part))
  }
  if (isWord(items[0], 'NOT')) return readPart({ ...reading, negated: !reading.negated }, items.slice(1))
  // From 17 on a hashed subplan reads `ANY (id = (hashed SubPlan 1).col1)`.
  if (isWord(items[0], 'ANY', 'ALL') && items.length === 2)
    return readPart(reading, items.slice(1)).map((one) => ({ ...one, kind: 'other' }))
  return readComparison(reading, items)
}

function readComparison(reading: Reading, items: readonly ConditionItem[]): readonly ConditionColumn[] {
  const at = isWord(items[0], 'CASE') ? -1 : items.findIndex((item, index) => index > 0 && isOperator(item))
  if (at < 0) return readBare(reading, items)
  const { operator, length } = readOperator(reading.text, items, at)
  const rest = items.slice(at + length)
  const quantifier = isWord(rest[0], 'ANY') ? 'ANY' : isWord(rest[0], 'ALL') ? 'ALL' : undefined
  const left = items.slice(0, at)
  const right = quantifier === undefined ? rest : rest.slice(1)
  const rows = [rowElements(left), rowElements(right)]
  const pairs = rows[0]?.map((element, index) => [element, rows[1]?.[index] ?? []] as const) ?? [[left, right] as const]
  return pairs.flatMap(([a, b]) => {
    const [first, second] = [readOperand(reading.text, a), readOperand(reading.text, b)]
    const entry = (own: ConditionOperand, other: ConditionOperand, flipped: boolean): readonly ConditionColumn[] =>
      makeEntry(reading, { own, other, operator: flipped ? flip(operator) : operator, quantifier, text: sliceItems(reading.text, items) })
    return [...entry(first, second, false), ...entry(second, first, true)]
  })
}

/** A boolean column, or a function that is a condition by itself. */
function readBare(reading: Reading, items: readonly ConditionItem[]): readonly ConditionColumn[] {
  const own = readOperand(reading.text, items)
  const text = sliceItems(reading.text, items)
  const nothing: ConditionOperand = { text: '', columns: [], isColumn: false, cast: undefined }
  if (!own.isColumn || own.cast !== undefined) return makeEntry(reading, { own, other: nothing, operator: '', quantifier: undefined, text })
  const other = { ...nothing, text: String(!reading.negated) }
  return makeEntry({ ...reading, negated: false }, { own, other, operator: '=', quantifier: undefined, text })
}

interface Comparison {
  readonly own: ConditionOperand
  readonly other: ConditionOperand
  readonly operator: string
  readonly quantifier: 'ANY' | 'ALL' | undefined
  readonly text: string
}

function makeEntry(reading: Reading, { own, other, operator, quantifier, text }: Comparison): readonly ConditionColumn[] {
  const [first] = own.columns
  if (first === undefined) return []
  return [
    {
      ...first,
      columns: own.columns,
      expression: own.isColumn && own.cast === undefined ? undefined : own.text,
      cast: own.cast,
      operator,
      quantifier,
      kind: reading.negated || quantifier === 'ALL' ? 'other' : kindOf(operator),
      value: other.columns.length === 0 && other.text !== '' ? other.text : undefined,
      comparedWith: other.columns,
      alternative: reading.alternative,
      text,
    },
  ]
}

const EQUALITY = ['=', 'IS NULL', 'IS TRUE', 'IS FALSE', 'IS NOT DISTINCT FROM']
/** With those of `text_pattern_ops`, into which a LIKE with a fixed beginning is turned. */
const RANGE = ['<', '<=', '>', '>=', '~<~', '~<=~', '~>~', '~>=~']

function kindOf(operator: string): ConditionColumn['kind'] {
  if (EQUALITY.includes(operator)) return 'equality'
  return RANGE.includes(operator) ? 'range' : 'other'
}

function flip(operator: string): string {
  return /^[<>~=]+$/.test(operator) && operator !== '<>' ? operator.replaceAll(/[<>]/g, (sign) => (sign === '<' ? '>' : '<')) : operator
}

function isOperator(item: ConditionItem): boolean {
  return item.kind === 'operator' || isWord(item, 'IS', 'OPERATOR')
}

/** One operator and how many items it takes: `=`, `OPERATOR(public.=)`, `IS NOT DISTINCT FROM`. */
function readOperator(text: string, items: readonly ConditionItem[], at: number): { readonly operator: string; readonly length: number } {
  const item = items[at]
  if (isWord(item, 'OPERATOR')) {
    const group = items[at + 1]
    const sign = group?.kind === 'group' ? group.items.at(-1) : undefined
    return { operator: sign === undefined ? '' : text.slice(sign.start, sign.end), length: 2 }
  }
  if (!isWord(item, 'IS')) return { operator: item === undefined ? '' : text.slice(item.start, item.end), length: 1 }
  const words = [item, ...takeWhileWord(items.slice(at + 1))].filter((word) => word !== undefined)
  return { operator: words.map((word) => text.slice(word.start, word.end)).join(' '), length: words.length }
}

function takeWhileWord(items: readonly ConditionItem[]): readonly ConditionItem[] {
  const end = items.findIndex((item) => item.kind !== 'word')
  return end < 0 ? items : items.slice(0, end)
}

/** The columns of `ROW(a, b)`. */
function rowElements(items: readonly ConditionItem[]): readonly (readonly ConditionItem[])[] | undefined {
  const [word, group] = withoutOuterBrackets(items)
  return isWord(word, 'ROW') && group?.kind === 'group' ? splitItems(group.items, (item) => isMark(item, ',')) : undefined
}

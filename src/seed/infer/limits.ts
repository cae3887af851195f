import type { Expression } from './check-expression.js'

/** What CHECK constraints and domains demand of one column. */
export interface ColumnLimits {
  /** The only values allowed. */
  readonly allowed?: readonly (string | number | boolean)[]
  /** Values that are not. */
  readonly refused?: readonly (string | number | boolean)[]
  /** A number, or a time as text. */
  readonly min?: Limit
  readonly max?: Limit
  readonly minLength?: number
  readonly maxLength?: number
  readonly isNotNull?: boolean
}

export interface Limit {
  readonly value: number | string
  readonly isExclusive: boolean
}

/** `left` must be less than `right`, both columns of one row. */
export interface Order {
  readonly left: string
  readonly right: string
  readonly isStrict: boolean
}

export interface Demands {
  readonly limits: ReadonlyMap<string, ColumnLimits>
  readonly orders: readonly Order[]
}

/** What a condition demands; `undefined` when any part of it is not understood. `VALUE` of a domain counts as a column. */
export function readDemands(expression: Expression): Demands | undefined {
  switch (expression.is) {
    case 'and':
      return mergeDemands(expression.parts.map(readDemands))
    case 'or':
      return readAlternatives(expression.parts)
    case 'null test':
      return expression.of.is === 'column' && !expression.isNull ? limit(expression.of.name, { isNotNull: true }) : undefined
    case 'any':
      return expression.operator === '=' ? readList(expression.left, expression.list) : undefined
    case 'operation':
      return readComparison(expression.operator, expression.left, expression.right)
    case 'column':
      return limit(expression.name, { allowed: [true] })
    case 'not':
      return expression.part.is === 'column' ? limit(expression.part.name, { allowed: [false] }) : undefined
    case 'call':
    case 'list':
    case 'literal':
      break
  }
  return undefined
}

export function mergeDemands(all: readonly (Demands | undefined)[]): Demands | undefined {
  const limits = new Map<string, ColumnLimits>()
  const orders: Order[] = []
  for (const demands of all) {
    if (demands === undefined) return undefined
    for (const [name, added] of demands.limits) limits.set(name, mergeLimits(limits.get(name) ?? {}, added))
    orders.push(...demands.orders)
  }
  return { limits, orders }
}

/** Both at once. */
export function mergeLimits(a: ColumnLimits, b: ColumnLimits): ColumnLimits {
  const allowed =
    a.allowed === undefined ? b.allowed : b.allowed === undefined ? a.allowed : a.allowed.filter((value) => b.allowed?.includes(value))
  const min = tighter(a.min, b.min, 1)
  const max = tighter(a.max, b.max, -1)
  const minLength = Math.max(a.minLength ?? 0, b.minLength ?? 0)
  const maxLength = Math.min(a.maxLength ?? Infinity, b.maxLength ?? Infinity)
  return {
    ...(allowed === undefined ? {} : { allowed }),
    ...(a.refused === undefined && b.refused === undefined ? {} : { refused: [...(a.refused ?? []), ...(b.refused ?? [])] }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(minLength > 0 ? { minLength } : {}),
    ...(maxLength < Infinity ? { maxLength } : {}),
    ...(a.isNotNull === true || b.isNotNull === true ? { isNotNull: true } : {}),
  }
}

function tighter(a: Limit | undefined, b: Limit | undefined, sign: 1 | -1): Limit | undefined {
  if (a === undefined || b === undefined) return a ?? b
  if (a.value === b.value) return a.isExclusive ? a : b
  return (a.value > b.value ? 1 : -1) === sign ? a : b
}

/** `a IS NULL OR …` holds when the rest does; several equalities are a list; else the first alternative that is understood is taken. */
function readAlternatives(parts: readonly Expression[]): Demands | undefined {
  const rest = parts.filter((part) => !(part.is === 'null test' && part.isNull))
  const lists = rest.map(readDemands)
  const [first] = lists
  const names = new Set(lists.flatMap((demands) => (demands === undefined ? [''] : [...demands.limits.keys()])))
  const [name] = names
  if (name !== undefined && names.size === 1 && lists.every((demands) => onlyAllowed(demands, name) !== undefined)) {
    return limit(name, { allowed: lists.flatMap((demands) => onlyAllowed(demands, name) ?? []) })
  }
  return first ?? lists.find((demands) => demands !== undefined)
}

function onlyAllowed(demands: Demands | undefined, name: string): ColumnLimits['allowed'] {
  const limits = demands?.limits.get(name)
  return limits !== undefined && Object.keys(limits).join() === 'allowed' && demands?.orders.length === 0 ? limits.allowed : undefined
}

function readList(left: Expression, list: Expression): Demands | undefined {
  if (left.is !== 'column' || list.is !== 'list') return undefined
  const values = list.items.map((item) => (item.is === 'literal' && item.value !== null ? item.value : undefined))
  return values.includes(undefined) ? undefined : limit(left.name, { allowed: values.filter((value) => value !== undefined) })
}

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=', '=': '=', '<>': '<>' }
const LENGTHS = new Set(['length', 'char_length', 'character_length'])

function readComparison(operator: string, left: Expression, right: Expression): Demands | undefined {
  const mirrored = MIRRORED[operator]
  if (mirrored === undefined) return undefined
  if (left.is === 'literal') return right.is === 'literal' ? undefined : readComparison(mirrored, right, left)
  if (left.is === 'column' && right.is === 'column') {
    const isStrict = !operator.includes('=')
    if (operator.startsWith('<') && operator !== '<>')
      return { limits: new Map(), orders: [{ left: left.name, right: right.name, isStrict }] }
    if (operator.startsWith('>')) return { limits: new Map(), orders: [{ left: right.name, right: left.name, isStrict }] }
    return undefined
  }
  if (right.is !== 'literal' || right.value === null) return undefined
  if (left.is === 'call') return readLength(operator, left, right.value)
  return left.is === 'column' ? readLimit(operator, left.name, right.value) : undefined
}

function readLimit(operator: string, name: string, value: string | number | boolean): Demands | undefined {
  if (operator === '=') return limit(name, { allowed: [value] })
  if (operator === '<>') return limit(name, { refused: [value] })
  if (typeof value === 'boolean') return undefined
  const isExclusive = !operator.includes('=')
  return limit(name, operator.startsWith('>') ? { min: { value, isExclusive } } : { max: { value, isExclusive } })
}

function readLength(operator: string, call: Expression & { is: 'call' }, value: string | number | boolean): Demands | undefined {
  const [argument, ...more] = call.args
  const of = argument?.is === 'call' && /^(?:b?trim)$/.test(argument.name) && argument.args.length === 1 ? argument.args[0] : argument
  if (!LENGTHS.has(call.name) || of?.is !== 'column' || more.length > 0 || typeof value !== 'number') return undefined
  if (operator === '=') return limit(of.name, { minLength: value, maxLength: value })
  if (operator === '>') return limit(of.name, { minLength: Math.floor(value) + 1 })
  if (operator === '>=') return limit(of.name, { minLength: Math.ceil(value) })
  if (operator === '<') return limit(of.name, { maxLength: Math.ceil(value) - 1 })
  if (operator === '<=') return limit(of.name, { maxLength: Math.floor(value) })
  return undefined
}

function limit(name: string, limits: ColumnLimits): Demands {
  return { limits: new Map([[name, limits]]), orders: [] }
}

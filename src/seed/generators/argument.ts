import { HotbedError } from '../../primitives/error.js'
import type { ColumnContext } from '../generator.js'

/** The error for an argument of a generator that makes no sense; thrown when the dataset is written down, not when it is loaded. */
export function wrongArgument(generator: string, argument: string, expected: string, given: unknown): HotbedError {
  return new HotbedError('ERR_HOTBED_DATASET', {
    message: `Option '${argument}' of ${generator}() must be ${expected}, but is ${showValue(given)}.`,
  })
}

/** Refuses anything but a finite number of the given range. */
export function checkNumber(generator: string, argument: string, given: unknown, least: number = -Infinity, most: number = Infinity): void {
  if (typeof given === 'number' && Number.isFinite(given) && given >= least && given <= most) return
  throw wrongArgument(generator, argument, `a number${rangeText(least, most)}`, given)
}

/** Refuses anything but a whole number that JavaScript holds exactly. */
export function checkWhole(
  generator: string,
  argument: string,
  given: unknown,
  least: number = -Number.MAX_SAFE_INTEGER,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(given) && Number(given) >= least && Number(given) <= most) return
  throw wrongArgument(generator, argument, `a whole number${rangeText(least, most)}`, given)
}

/** Refuses `max` below `min`. */
export function checkOrder(generator: string, least: string, most: string, low: number, high: number): void {
  if (low <= high) return
  throw new HotbedError('ERR_HOTBED_DATASET', {
    message: `Option '${most}' of ${generator}() is ${high}, which is below '${least}', ${low}.`,
  })
}

export function checkList(generator: string, argument: string, given: unknown): void {
  if (Array.isArray(given) && given.length > 0) return
  throw wrongArgument(generator, argument, 'a list with at least one value', given)
}

/** Refuses more rows than there are different values. */
export function checkDomain(generator: string, context: ColumnContext, domain: number): void {
  if (context.rows <= domain) return
  throw new HotbedError('ERR_HOTBED_DATASET', {
    message: `Column ${context.table}.${context.column} needs ${context.rows.toLocaleString('en')} different values, but ${generator}() as it is written makes only ${domain.toLocaleString('en')}.`,
    remedy: `Widen the range of ${generator}(), or lower the rows of '${context.table}'.`,
  })
}

export function showValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : `the Date ${value.toISOString()}`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function rangeText(least: number, most: number): string {
  const isLow = least > -Number.MAX_SAFE_INTEGER
  const isHigh = most < Number.MAX_SAFE_INTEGER
  if (isLow && isHigh) return ` from ${least} to ${most}`
  if (isLow) return ` from ${least} on`
  return isHigh ? ` up to ${most}` : ''
}

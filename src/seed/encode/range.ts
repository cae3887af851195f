import { unfit, writeInt32, type ValueWriter } from './value-writer.js'
import { writeSized } from './array.js'

/** A range as a generator gives it; `null` or nothing for an open end. */
export interface RangeValue {
  readonly lower?: unknown
  readonly upper?: unknown
  /** Which ends are included. @default '[)' */
  readonly bounds?: '[)' | '[]' | '(]' | '()'
}

const EXPECTED = "[lower, upper], { lower, upper, bounds: '[)' }, or 'empty'"

export function rangeWriter(write: ValueWriter): ValueWriter {
  return (target, at, value) => {
    if (at >= target.length) return -1
    if (value === 'empty') {
      target[at] = 0x01
      return at + 1
    }
    const { lower, upper, bounds } = rangeOf(value)
    const isLowerOpen = lower === null || lower === undefined
    const isUpperOpen = upper === null || upper === undefined
    target[at] = (isLowerOpen ? 0x08 : bounds.startsWith('[') ? 0x02 : 0) | (isUpperOpen ? 0x10 : bounds.endsWith(']') ? 0x04 : 0)
    let end = at + 1
    if (!isLowerOpen) end = writeSized(target, end, lower, write)
    if (end >= 0 && !isUpperOpen) end = writeSized(target, end, upper, write)
    return end
  }
}

export function multirangeWriter(write: ValueWriter): ValueWriter {
  const writeRange = rangeWriter(write)
  return (target, at, value) => {
    if (!Array.isArray(value)) throw unfit(`a list of ranges, each ${EXPECTED}`)
    if (at + 4 > target.length) return -1
    let end = writeInt32(target, at, value.length)
    for (const range of value) {
      end = writeSized(target, end, range, writeRange)
      if (end < 0) return -1
    }
    return end
  }
}

function rangeOf(value: unknown): Required<RangeValue> {
  if (Array.isArray(value) && value.length === 2) return { lower: value[0], upper: value[1], bounds: '[)' }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit(EXPECTED)
  const { lower, upper, bounds = '[)' }: RangeValue = value
  if (!['[)', '[]', '(]', '()'].includes(bounds)) throw unfit(EXPECTED)
  return { lower, upper, bounds }
}

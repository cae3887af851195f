import { toFloat } from './floats.js'
import { unfit, writeInt64, type ValueCodec } from './value-writer.js'

/** Counted in hundredths, as lc_monetary of nearly every server has it. */
export const money: ValueCodec = {
  types: ['money'],
  createValueWriter: () => (target, at, value) => {
    const cents = Math.round(toFloat(value) * 100)
    if (!Number.isSafeInteger(cents)) throw unfit('an amount below 2^53 cents')
    return at + 8 > target.length ? -1 : writeInt64(target, at, cents)
  },
}

import { unfit, type ValueCodec } from './value-writer.js'

export const bool: ValueCodec = {
  types: ['bool'],
  createValueWriter: () => (target, at, value) => {
    if (typeof value !== 'boolean') throw unfit('true or false')
    if (at + 1 > target.length) return -1
    target[at] = value ? 1 : 0
    return at + 1
  },
}

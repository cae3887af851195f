import { unfit, writeInt32, type ValueCodec } from './value-writer.js'
import { writeSized } from './array.js'
import { writeText } from './text.js'

export const hstore: ValueCodec = {
  types: ['hstore'],
  createValueWriter: () => (target, at, value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit("an object of texts such as { color: 'red' }")
    const entries = Object.entries(value)
    if (at + 4 > target.length) return -1
    let end = writeInt32(target, at, entries.length)
    for (const [key, text] of entries) {
      end = writeSized(target, end, key, writeText)
      if (end >= 0) end = writeSized(target, end, text, writeText)
      if (end < 0) return -1
    }
    return end
  },
}

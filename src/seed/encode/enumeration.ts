import type { TypeSchema } from '../schema.js'
import { unfit, type ValueWriter } from './value-writer.js'
import { writeText } from './text.js'

/** The text of a label. */
export function enumWriter(type: TypeSchema): ValueWriter {
  const labels = new Set(type.labels)
  return (target, at, value) => {
    if (typeof value !== 'string' || !labels.has(value)) throw unfit(`one of ${[...labels].map((label) => `'${label}'`).join(', ')}`)
    return writeText(target, at, value)
  }
}

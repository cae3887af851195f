import { unfit, writeInt32, type TypeLimits, type ValueCodec, type ValueWriter } from './value-writer.js'

export const bytea: ValueCodec = {
  types: ['bytea'],
  createValueWriter: () => (target, at, value) => {
    const content = typeof value === 'string' && /^\\x([\da-f]{2})*$/i.test(value) ? Buffer.from(value.slice(2), 'hex') : value
    if (!(content instanceof Uint8Array)) throw unfit("a Buffer, or hexadecimal text such as '\\x00ff'")
    if (at + content.length > target.length) return -1
    target.set(content, at)
    return at + content.length
  },
}

export const bit: ValueCodec = {
  types: ['bit'],
  createValueWriter: ({ length }) => bitWriter({ length, precision: undefined, scale: undefined }, true),
}
export const varbit: ValueCodec = { types: ['varbit'], createValueWriter: (limits) => bitWriter(limits, false) }

function bitWriter({ length }: TypeLimits, isExact: boolean): ValueWriter {
  return (target, at, value) => {
    if (typeof value !== 'string' || !/^[01]*$/.test(value)) throw unfit("a text of 0 and 1, such as '1010'")
    if (length !== undefined && (isExact ? value.length !== length : value.length > length))
      throw unfit(`${isExact ? '' : 'at most '}${length} bits`)
    const bytes = Math.ceil(value.length / 8)
    if (at + 4 + bytes > target.length) return -1
    let end = writeInt32(target, at, value.length)
    for (let first = 0; first < value.length; first += 8) target[end++] = Number.parseInt(value.slice(first, first + 8).padEnd(8, '0'), 2)
    return end
  }
}

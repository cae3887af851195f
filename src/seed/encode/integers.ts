import { unfit, writeInt16, writeInt32, writeInt64, type ValueCodec, type ValueWriter } from './value-writer.js'

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

export const int2: ValueCodec = { types: ['int2'], createValueWriter: () => small(-32_768, 32_767, 2, writeInt16) }
export const int4: ValueCodec = { types: ['int4'], createValueWriter: () => small(-2_147_483_648, 2_147_483_647, 4, writeInt32) }
export const oid: ValueCodec = {
  types: [
    'oid',
    'xid',
    'cid',
    'regproc',
    'regprocedure',
    'regoper',
    'regoperator',
    'regclass',
    'regtype',
    'regconfig',
    'regdictionary',
    'regnamespace',
    'regrole',
    'regcollation',
  ],
  createValueWriter: () => small(0, 4_294_967_295, 4, writeInt32),
}
export const int8: ValueCodec = { types: ['int8'], createValueWriter: () => writeInt8 }

function small(least: number, most: number, bytes: number, write: (target: Buffer, at: number, value: number) => number): ValueWriter {
  return (target, at, value) => {
    const number = typeof value === 'number' ? value : toNumber(value)
    if (!(number >= least && number <= most) || Math.floor(number) !== number) throw unfit(`a whole number from ${least} to ${most}`)
    return at + bytes > target.length ? -1 : write(target, at, number)
  }
}

function writeInt8(target: Buffer, at: number, value: unknown): number {
  if (at + 8 > target.length) return -1
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw unfit('a whole number up to 2^53, or beyond that a bigint')
    return writeInt64(target, at, value)
  }
  const big = toBigInt(value)
  if (big === undefined || big < INT64_MIN || big > INT64_MAX) throw unfit(`a whole number from ${INT64_MIN} to ${INT64_MAX}`)
  return target.writeBigInt64BE(big, at)
}

function toNumber(value: unknown): number {
  const big = toBigInt(value)
  return big === undefined ? Number.NaN : Number(big)
}

/** Of a bigint or the text of a whole number. */
export function toBigInt(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value) ? BigInt(value.replace('+', '')) : undefined
}

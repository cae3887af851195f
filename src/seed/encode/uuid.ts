import { unfit, type ValueCodec } from './value-writer.js'

export const uuid: ValueCodec = {
  types: ['uuid'],
  createValueWriter: () => (target, at, value) => {
    if (typeof value !== 'string' || value.length < 32) throw unfit('a UUID as text')
    if (at + 16 > target.length) return -1
    let digits = 0
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index)
      if (code === 45) continue
      const digit = hexDigit(code)
      if (digit < 0 || digits === 32) throw unfit('a UUID as text')
      const place = at + (digits >>> 1)
      target[place] = (digits & 1) === 0 ? digit << 4 : (target[place] ?? 0) | digit
      digits += 1
    }
    if (digits !== 32) throw unfit('a UUID as text')
    return at + 16
  },
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const small = code | 32
  return small >= 97 && small <= 102 ? small - 87 : -1
}

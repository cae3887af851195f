import { printDate, printInterval, printTime, printTimestamp } from './binary-times.js'

type Print = (bytes: Buffer) => string | undefined

/** Arrays by their own OID; elements name their type themselves. */
const ARRAYS: readonly number[] = [
  1000, 1001, 1002, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1028, 1115, 1182, 1183, 1185, 1187, 1231, 143, 199, 2951, 3807,
]

/** The text that PostgreSQL prints for a value in its binary format; undefined for a type that is not known, or bytes that are not of it. */
export function decodeBinary(type: number, bytes: Buffer): string | undefined {
  try {
    return ARRAYS.includes(type) ? printArray(bytes) : printerOf(type)?.(bytes)
  } catch (error) {
    // Bytes that end too early.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function printerOf(type: number): Print | undefined {
  switch (type) {
    case 16:
      return sized(1, (bytes) => (bytes[0] === 0 ? 'f' : 't'))
    case 17:
      return (bytes) => `\\x${bytes.toString('hex')}`
    case 20:
      return sized(8, (bytes) => bytes.readBigInt64BE().toString())
    case 21:
      return sized(2, (bytes) => bytes.readInt16BE().toString())
    case 23:
      return sized(4, (bytes) => bytes.readInt32BE().toString())
    case 26:
      return sized(4, (bytes) => bytes.readUInt32BE().toString())
    case 700:
      return sized(4, (bytes) => printFloat(bytes.readFloatBE(), 6, shortestSingle))
    case 701:
      return sized(8, (bytes) => printFloat(bytes.readDoubleBE(), 15, (value) => value))
    case 1700:
      return printNumeric
    // char, name, text, json, xml, bpchar, varchar, unknown
    case 18:
    case 19:
    case 25:
    case 114:
    case 142:
    case 705:
    case 1042:
    case 1043:
      return (bytes) => bytes.toString('utf8')
    // jsonb: a version before the text
    case 3802:
      return (bytes) => (bytes[0] === 1 ? bytes.toString('utf8', 1) : undefined)
    case 2950:
      return sized(16, (bytes) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'))
    case 1082:
      return sized(4, (bytes) => printDate(bytes.readInt32BE()))
    case 1083:
      return sized(8, (bytes) => printTime(bytes.readBigInt64BE()))
    case 1114:
      return sized(8, (bytes) => printTimestamp(bytes.readBigInt64BE(), ''))
    case 1184:
      return sized(8, (bytes) => printTimestamp(bytes.readBigInt64BE(), '+00'))
    case 1186:
      return sized(16, (bytes) => printInterval(bytes.readBigInt64BE(), bytes.readInt32BE(8), bytes.readInt32BE(12)))
    default:
      return undefined
  }
}

function sized(size: number, print: Print): Print {
  return (bytes) => (bytes.length === size ? print(bytes) : undefined)
}

/** Shortest digits that give the number back; with an exponent from 10^digits on, and below 0.0001. */
function printFloat(value: number, digits: number, shortest: (value: number) => number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0'
  const short = shortest(value)
  const size = Math.abs(short)
  if (size === 0 || (size >= 1e-4 && size < 10 ** digits)) return String(short)
  return short.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
}

function shortestSingle(value: number): number {
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return Number(value.toPrecision(9))
}

/** Groups of four decimal digits; `weight` is the power of 10,000 of the first. */
function printNumeric(bytes: Buffer): string | undefined {
  const count = bytes.readUInt16BE(0)
  const weight = bytes.readInt16BE(2)
  const sign = bytes.readUInt16BE(4)
  const scale = bytes.readUInt16BE(6)
  if (sign === 0xc000) return 'NaN'
  if (sign === 0xd000) return 'Infinity'
  if (sign === 0xf000) return '-Infinity'
  if (bytes.length !== 8 + 2 * count || scale > 0x3fff || (sign !== 0 && sign !== 0x4000)) return undefined
  const group = (at: number): string => (at >= 0 && at < count ? bytes.readUInt16BE(8 + 2 * at) : 0).toString().padStart(4, '0')
  let whole = ''
  for (let at = 0; at <= weight; at += 1) whole += group(at)
  let fraction = ''
  for (let at = weight + 1; fraction.length < scale; at += 1) fraction += group(at)
  const text = `${whole.replace(/^0+(?=\d)/, '') || '0'}${scale > 0 ? `.${fraction.slice(0, scale)}` : ''}`
  return sign === 0x4000 ? `-${text}` : text
}

function printArray(bytes: Buffer): string | undefined {
  const dimensions = bytes.readInt32BE(0)
  const type = bytes.readUInt32BE(8)
  if (dimensions === 0) return '{}'
  // PostgreSQL's MAXDIM
  if (dimensions < 0 || dimensions > 6) return undefined
  const sizes = Array.from({ length: dimensions }, (_, at) => bytes.readInt32BE(12 + 8 * at))
  const firsts = Array.from({ length: dimensions }, (_, at) => bytes.readInt32BE(16 + 8 * at))
  const print = printerOf(type)
  if (print === undefined || sizes.some((size) => size <= 0)) return undefined
  let at = 12 + 8 * dimensions
  const element = (): string => {
    const size = bytes.readInt32BE(at)
    at += 4
    if (size === -1) return 'NULL'
    if (size < 0 || at + size > bytes.length) throw new RangeError('an element ends beyond its array')
    const text = print(bytes.subarray(at, at + size))
    if (text === undefined) throw new RangeError('an element is not of its type')
    at += size
    return quoteElement(text)
  }
  const level = (dimension: number): string => {
    const parts: string[] = []
    for (let left = sizes[dimension] ?? 0; left > 0; left -= 1) parts.push(dimension === dimensions - 1 ? element() : level(dimension + 1))
    return `{${parts.join()}}`
  }
  const bounds = firsts.some((first) => first !== 1) ? firsts.map((first, one) => `[${first}:${first + (sizes[one] ?? 0) - 1}]`) : []
  const text = level(0)
  return at === bytes.length ? `${bounds.join('')}${bounds.length > 0 ? '=' : ''}${text}` : undefined
}

function quoteElement(text: string): string {
  return text === '' || /[{}",\\\s]/.test(text) || text.toUpperCase() === 'NULL' ? `"${text.replace(/["\\]/g, '\\$&')}"` : text
}

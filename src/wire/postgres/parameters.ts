import { decodeBinary } from './binary-values.js'

export interface WireValue {
  /** The type's OID; 0 where nobody named it. */
  readonly type: number
  readonly format: 'text' | 'binary'
  /** latin1 bytes; null for SQL's NULL. */
  readonly value: string | null
}

const BOOL = 16
/** int2, int4, oid, float4 and float8: what a JavaScript number holds exactly. */
const NUMBERS: readonly number[] = [21, 23, 26, 700, 701]

/**
 * A bound value for people to read: `null`, a boolean, a number for int2, int4, oid, float4 and float8, and for everything else the text that
 * PostgreSQL prints: int8 and numeric with all their digits, timestamps in ISO with timestamptz in UTC, arrays as `{1,2,NULL}`, bytea as `\x…`.
 * A text of type 0 is given as it is. A binary value of a type that is not known, or that does not fit its type (kept values are cut at 4 kB),
 * becomes `\x…`. Never throws.
 */
export function readParameter({ type, format, value }: WireValue): string | number | boolean | null {
  if (value === null) return null
  const bytes = Buffer.from(value, 'latin1')
  const text = format === 'text' ? bytes.toString('utf8') : (decodeBinary(type, bytes) ?? `\\x${bytes.toString('hex')}`)
  if (NUMBERS.includes(type)) return toNumber(text)
  if (type === BOOL) return toBoolean(text)
  return text
}

function toNumber(text: string): number | string {
  const number = Number(text)
  return text.trim() === '' || (Number.isNaN(number) && text !== 'NaN') ? text : number
}

/** The words that PostgreSQL reads as a boolean; clients send `t` and `true`. */
function toBoolean(text: string): boolean | string {
  if (/^(?:t|true|y|yes|on|1)$/i.test(text)) return true
  return /^(?:f|false|n|no|off|0)$/i.test(text) ? false : text
}

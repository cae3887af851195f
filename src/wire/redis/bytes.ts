import { WireError } from '../wire-error.js'

/** Bytes of the Redis protocol, by what they mean. */
export const CR = 13
export const LF = 10
export const MINUS = 45
export const ZERO = 48
export const NINE = 57
export const QUESTION = 63
export const STATUS = 43
export const ERROR = 45
export const INTEGER = 58
export const BULK = 36
export const ARRAY = 42
export const NULL = 95
export const BOOLEAN = 35
export const DOUBLE = 44
export const BIG_NUMBER = 40
export const BULK_ERROR = 33
export const VERBATIM = 61
export const MAP = 37
export const SET = 126
export const PUSH = 62
export const ATTRIBUTE = 124
/** Of strings and aggregates whose length was not known at their start. */
export const CHUNK = 59
export const END = 46

/** Redis' own `proto-max-bulk-len`. */
export const MAX_BULK_BYTES: number = 512 * 1024 * 1024
/** Redis' own limit for a request without lengths. */
export const MAX_INLINE_BYTES: number = 64 * 1024

export function expectByte(byte: number, expected: number, after: string): void {
  if (byte !== expected) throw new WireError(`${describeByte(byte)} after ${after}, where ${describeByte(expected)} must stand`)
}

export function describeByte(byte: number): string {
  return byte > 32 && byte < 127 ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16).padStart(2, '0')}`
}

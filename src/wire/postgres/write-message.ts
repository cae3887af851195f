import { WireError } from '../wire-error.js'
import type { Format, Target } from './messages.js'

export interface BindFacts {
  readonly portal: string
  readonly statement: string
  /** One for each value, one for all, or none: all are text. @default [] */
  readonly formats?: readonly Format[]
  /** Strings as latin1 bytes, as `decodeBind` gives them. */
  readonly values: readonly (string | Buffer | null)[]
}

export interface ErrorFacts {
  readonly severity: 'ERROR' | 'FATAL' | 'PANIC'
  /** SQLSTATE */
  readonly code: string
  readonly message: string
}

/** @param types OIDs of parameters, 0 for one that the server is to find out. Default: none. */
export function writeParse(name: string, sql: string, types: readonly number[] = []): Buffer {
  return message('P', [text(name), text(sql), int16(types.length), ...types.map(uint32)])
}

/** Asks for all results as text. */
export function writeBind({ portal, statement, formats = [], values }: BindFacts): Buffer {
  const parts = [text(portal), text(statement), int16(formats.length)]
  for (const format of formats) parts.push(int16(format === 'text' ? 0 : 1))
  parts.push(int16(values.length))
  for (const value of values) {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value
    parts.push(uint32(bytes === null ? 0xffff_ffff : bytes.length))
    if (bytes !== null) parts.push(bytes)
  }
  return message('B', [...parts, int16(0)])
}

/** @param maxRows 0, the default: all. */
export function writeExecute(portal: string, maxRows = 0): Buffer {
  return message('E', [text(portal), uint32(maxRows)])
}

export function writeClose(target: Target, name: string): Buffer {
  return message('C', [Buffer.from(target === 'portal' ? 'P' : 'S'), text(name)])
}

export function writeSync(): Buffer {
  return message('S', [])
}

export function writeQuery(sql: string): Buffer {
  return message('Q', [text(sql)])
}

export function writeErrorResponse({ severity, code, message: said }: ErrorFacts): Buffer {
  return message('E', [text(`S${severity}`), text(`V${severity}`), text(`C${code}`), text(`M${said}`), Buffer.alloc(1)])
}

export function writeReadyForQuery(status: 'I' | 'T' | 'E'): Buffer {
  return message('Z', [Buffer.from(status)])
}

function message(kind: string, parts: readonly Buffer[]): Buffer {
  const bytes = parts.reduce((sum, part) => sum + part.length, 4)
  return Buffer.concat([Buffer.from(kind), uint32(bytes), ...parts], bytes + 1)
}

/** @throws {WireError} for a text with a NUL, which would end it. */
function text(value: string): Buffer {
  if (value.includes('\0')) throw new WireError(`a text with a NUL cannot be sent: ${JSON.stringify(value.slice(0, 60))}`)
  return Buffer.from(`${value}\0`)
}

function int16(value: number): Buffer {
  if (value > 0xffff) throw new WireError(`a message holds at most 65535 values, not ${value}`)
  const bytes = Buffer.allocUnsafe(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}

import { WireError } from '../wire-error.js'
import type { CancelKey } from './messages.js'
import { createCursor, type MessageCursor } from './message-cursor.js'
import { writeErrorResponse } from './write-message.js'

export interface StartupMessage {
  readonly major: number
  readonly minor: number
  /** `user`, `database`, `application_name`, `options`, `replication` and settings, as the client sent them. */
  readonly parameters: ReadonlyMap<string, string>
  /** A replication connection speaks another language after the start. */
  readonly isReplication: boolean
}

/** PostgreSQL takes any beginning of these words that means one thing only, in any case. */
const FALSE = /^(?:f|fa|fal|fals|false|n|no|of|off|0)$/i

/** @throws {WireError} for a packet that is not a StartupMessage. */
export function decodeStartup(frame: Buffer): StartupMessage {
  const name = 'StartupMessage'
  const packet = openPacket(frame, name)
  const version = packet.uint32()
  if (version >>> 16 !== 3) throw new WireError(`${name} has protocol ${version >>> 16}.${version & 0xffff}`)
  const parameters = new Map<string, string>()
  for (let key = packet.text(); key !== ''; key = packet.text()) parameters.set(key, packet.text())
  if (packet.hasMore()) throw new WireError(`${name} goes on after its end`)
  const replication = parameters.get('replication')
  return { major: 3, minor: version & 0xffff, parameters, isReplication: replication !== undefined && !FALSE.test(replication) }
}

/** Whom a CancelRequest means, in the terms of `decodeBackendKeyData`. @throws {WireError} */
export function decodeCancel(frame: Buffer): CancelKey {
  const packet = openPacket(frame, 'CancelRequest')
  if (packet.uint32() !== 80_877_102) throw new WireError('CancelRequest has another code')
  return { processId: packet.uint32(), secret: packet.rest() }
}

/**
 * The answer to a StartupMessage that ends the connection.
 *
 * @param code SQLSTATE: `0A000` not supported, `53300` too many connections, `57P03` cannot connect now
 */
export function writeRefusal(code: string, message: string): Buffer {
  return writeErrorResponse({ severity: 'FATAL', code, message })
}

function openPacket(frame: Buffer, name: string): MessageCursor {
  const packet = createCursor(frame, 0, name)
  const said = packet.uint32()
  if (said !== frame.length) throw new WireError(`${name} says that it is ${said} bytes long and has ${frame.length}`)
  return packet
}

import { WireError } from '../wire-error.js'
import { FRAME_LIMIT, type FrameHandler, type FrameReader } from '../frame-reader.js'
import { createFrameCutter, type FrameHeader } from './frame-cutter.js'

/** Packets without a type byte are told apart by their code. */
export type StartupKind = 'startup' | 'ssl' | 'gss' | 'cancel'

/** PostgreSQL's own MAX_STARTUP_PACKET_LENGTH, which does not count the length word. */
const STARTUP_BYTES = 10_000 + 4
/** Protocol 3.2 has cancel keys of up to 256 bytes. */
const CANCEL_BYTES = 12 + 256
/** A notice may be a plan, and only its last field says so: it is had whole, up to this size. */
const NOTICE_BYTES = 16 * 2 ** 20
const NOTICE = 0x4e
const GIGABYTE = 2 ** 30
const TYPED_HEADER = 5
const CLIENT_TYPES = 'BCDEFHPQSXcdfp'
const SERVER_TYPES = '123ACDEGHIKNRSTVWZcdnstv'

/**
 * What a client sends: first packets without a type (`StartupKind`), as many as it takes to a StartupMessage, then messages; their kind is
 * the type byte as a character.
 */
export function createClientFrames(handler: FrameHandler): FrameReader {
  const typed = typedHeader('client', CLIENT_TYPES)
  return createFrameCutter(startupHeader(typed), handler)
}

/** What a server sends, from its first message on. The one byte that answers an SSLRequest or GSSENCRequest is no message. */
export function createServerFrames(handler: FrameHandler): FrameReader {
  return createFrameCutter(typedHeader('server', SERVER_TYPES), handler)
}

function typedHeader(sender: string, types: string): FrameHeader {
  const kinds: (string | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
    const kind = String.fromCharCode(byte)
    return types.includes(kind) ? kind : undefined
  })
  const bulk = sender === 'server' ? 'Dd' : 'd'
  return {
    headerBytes: TYPED_HEADER,
    kinds,
    bulk,
    sizeOf: (bytes, at) => {
      const type = bytes[at] ?? 0
      const kind = kinds[type]
      if (kind === undefined) throw new WireError(`a ${sender} sends no message of type ${printByte(type)}`)
      const length = bytes.readUInt32BE(at + 1)
      if (length < 4 || length > GIGABYTE) throw new WireError(`a message of type '${kind}' says that it is ${length} bytes long`)
      return length + 1
    },
    kindOf: (bytes, at) => kinds[bytes[at] ?? 0] ?? '',
    wholeUpTo: (bytes, at) => (sender === 'server' && bytes[at] === NOTICE ? NOTICE_BYTES : FRAME_LIMIT),
    after: () => undefined,
  }
}

function startupHeader(typed: FrameHeader): FrameHeader {
  const header: FrameHeader = {
    headerBytes: 8,
    kinds: [],
    bulk: '',
    sizeOf: (bytes, at) => {
      const length = bytes.readUInt32BE(at)
      // 'sslnegotiation=direct' of libpq 17.
      if (length >>> 16 === 0x1603) throw new WireError('a connection begins with TLS, and no SSLRequest before it')
      if (length > STARTUP_BYTES) throw new WireError(`a connection begins with a packet that says that it is ${length} bytes long`)
      const kind = startupKind(bytes.readUInt32BE(at + 4))
      const [least, most] = SIZES[kind]
      if (length < least || length > most) throw new WireError(`the ${NAMES[kind]} says that it is ${length} bytes long`)
      return length
    },
    kindOf: (bytes, at) => startupKind(bytes.readUInt32BE(at + 4)),
    wholeUpTo: () => FRAME_LIMIT,
    after: (kind) => (kind === 'startup' ? typed : kind === 'cancel' ? NOTHING_MORE : undefined),
  }
  return header
}

const SIZES: Readonly<Record<StartupKind, readonly [least: number, most: number]>> = {
  startup: [9, STARTUP_BYTES],
  ssl: [8, 8],
  gss: [8, 8],
  cancel: [16, CANCEL_BYTES],
}
const NAMES: Readonly<Record<StartupKind, string>> = {
  startup: 'StartupMessage',
  ssl: 'SSLRequest',
  gss: 'GSSENCRequest',
  cancel: 'CancelRequest',
}

const NOTHING_MORE: FrameHeader = {
  headerBytes: 1,
  kinds: [],
  bulk: '',
  sizeOf: () => {
    throw new WireError('bytes follow a CancelRequest')
  },
  kindOf: () => '',
  wholeUpTo: () => FRAME_LIMIT,
  after: () => undefined,
}

function startupKind(code: number): StartupKind {
  if (code === 80_877_103) return 'ssl'
  if (code === 80_877_104) return 'gss'
  if (code === 80_877_102) return 'cancel'
  if (code >>> 16 === 3) return 'startup'
  throw new WireError(`a connection begins with protocol ${code >>> 16}.${code & 0xffff}; only 3.x is known`)
}

function printByte(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `0x${byte.toString(16).padStart(2, '0')}`
}

import { describe, expect, test } from 'vitest'
import { createDraws, randomKey, type Draws } from '../../../src/primitives/random.js'
import {
  decodeBackendKeyData,
  decodeBind,
  decodeBindNames,
  decodeClose,
  decodeCommandComplete,
  decodeCopyResponse,
  decodeDescribe,
  decodeExecute,
  decodeFunctionCall,
  decodeNotice,
  decodeParameterDescription,
  decodeParse,
  decodeQuery,
  decodeReadyForQuery,
} from '../../../src/wire/postgres/messages.js'
import { readParameter } from '../../../src/wire/postgres/parameters.js'
import { decodePlanMessage, foldNumbers } from '../../../src/wire/postgres/plan-message.js'
import { decodeCancel, decodeStartup } from '../../../src/wire/postgres/startup.js'
import {
  writeBind,
  writeClose,
  writeErrorResponse,
  writeExecute,
  writeParse,
  writeQuery,
  writeReadyForQuery,
  writeSync,
} from '../../../src/wire/postgres/write-message.js'
import { WireError } from '../../../src/wire/wire-error.js'
import { collect, message, packet, STARTUP } from './collect.js'

const ROUNDS = 4000

const NOTICE = message(
  'N',
  'SINFO\0VINFO\0C00000\0Mduration: 0.1 ms  plan:\n{\n  "Query Text": "SELECT 1",\n  "Plan": {}\n}\0WSQL statement "SELECT 1"\nPL/pgSQL function f() line 1 at PERFORM\0Rexplain_ExecutorEnd\0\0',
)
const CLIENT: readonly Buffer[] = [
  writeParse('s', 'SELECT $1, $2', [23, 0]),
  writeBind({ portal: '', statement: 's', formats: ['text', 'binary'], values: ['a', '\0\0', null, 'x'.repeat(300)] }),
  writeExecute('', 10),
  writeClose('portal', 'p'),
  message('D', 'Ss\0'),
  writeSync(),
  writeQuery('SELECT 1; -- größe'),
  message('F', Buffer.from('00000001000100010001000000016100', 'hex')),
  message('d', Buffer.alloc(2000)),
  message('c'),
  message('d', Buffer.alloc(100_000)),
]
const SERVER: readonly Buffer[] = [
  message('R', '\0\0\0\0'),
  message('K', '\0\0\0\x07abcd'),
  writeReadyForQuery('I'),
  message('t', Buffer.from('000200000017ffffffff', 'hex')),
  message('D', Buffer.alloc(30)),
  message('D', Buffer.alloc(30)),
  message('D', Buffer.alloc(70_000)),
  message('C', 'SELECT 3\0'),
  message('G', Buffer.from('0000020000', 'hex')),
  writeErrorResponse({ severity: 'ERROR', code: '22012', message: 'division by zero' }),
  NOTICE,
]
const PACKETS: readonly Buffer[] = [packet(80_877_103), packet(80_877_104), STARTUP]

const ALL: readonly ((frame: Buffer) => unknown)[] = [
  ...[decodeQuery, decodeParse, decodeBind, decodeBindNames, decodeFunctionCall, decodeNotice].flatMap((decode) => [
    (frame: Buffer): unknown => decode(frame),
    (frame: Buffer): unknown => decode(frame, true),
  ]),
  decodeExecute,
  decodeDescribe,
  decodeClose,
  decodeParameterDescription,
  decodeCommandComplete,
  decodeReadyForQuery,
  decodeBackendKeyData,
  decodeCopyResponse,
  decodeStartup,
  decodeCancel,
  (frame) => decodePlanMessage(decodeNotice(frame, true)),
]

/** What a flaw in the code would throw passes; what is said of the bytes does not. */
function attempt(act: () => unknown): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    if (error instanceof WireError) return error.reason
    throw error
  }
}

/** A few bytes changed, some left out or put twice, the end cut off, a length made huge. */
function mutate(bytes: Buffer, { below }: Draws, round: number): Buffer {
  const copy = Buffer.from(bytes)
  const place = (draw: number): number => below(round, copy.length, draw)
  switch (below(round, 5, 1)) {
    case 0:
      for (let left = 1 + below(round, 4, 2); left > 0; left -= 1) copy[place(10 + left)] = below(round, 256, 20 + left)
      return copy
    case 1:
      return copy.subarray(0, place(3))
    case 2:
      return Buffer.concat([copy.subarray(0, place(3)), copy.subarray(place(4))])
    case 3:
      copy.fill(0xff, place(3), Math.min(copy.length, place(3) + 1 + below(round, 4, 5)))
      return copy
    default:
      return Buffer.concat([copy, copy.subarray(place(3))])
  }
}

/** Reads all bytes in chunks of random sizes; gives the reason of the reader's refusal. */
function readSplit(reader: ReturnType<typeof collect>, bytes: Buffer, { below }: Draws, round: number): string | undefined {
  let at = 0
  for (let draw = 100; at < bytes.length; draw += 1) {
    const size = 1 + (below(round, 3, draw) === 0 ? below(round, 80_000, draw + 50_000) : below(round, 60, draw + 50_000))
    const chunk = Buffer.from(bytes.subarray(at, at + size))
    const reason = attempt(() => reader.read(chunk))
    chunk.fill(0xee)
    if (reason !== undefined) return reason
    at += size
  }
  return undefined
}

describe.each([
  ['client', CLIENT, PACKETS],
  ['server', SERVER, []],
] as const)('what a %s sends', (sender, messages, packets) => {
  const draws = createDraws(randomKey('fuzz', sender))
  const stream = (round: number): Buffer =>
    Buffer.concat([
      ...packets,
      ...Array.from({ length: 12 }, (_, at) => messages[draws.below(round, messages.length, 1000 + at)] ?? STARTUP),
    ])

  test('gives the same frames in any chunks', () => {
    for (let round = 0; round < ROUNDS / 20; round += 1) {
      const bytes = stream(round)
      const whole = collect(sender)
      whole.read(bytes)
      const split = collect(sender, { runs: round % 2 === 0 })
      expect(readSplit(split, bytes, draws, round)).toBeUndefined()
      expect(split.bytes().equals(bytes), `round ${round}: the bytes that went in come out`).toBe(true)
      expect(split.frames.map(([kind, { length }]) => [kind, length])).toEqual(whole.frames.map(([kind, { length }]) => [kind, length]))
    }
  })

  test('when it is wrong is refused with a reason, whatever came before comes out', () => {
    const reasons = new Set<string>()
    for (let round = 0; round < ROUNDS / 4; round += 1) {
      const bytes = mutate(stream(round), draws, round)
      const whole = collect(sender)
      const reason = attempt(() => whole.read(bytes))
      const split = collect(sender)
      expect(readSplit(split, bytes, draws, round), `round ${round}`).toBe(reason)
      const out = split.bytes()
      expect(out.equals(bytes.subarray(0, out.length)), `round ${round}: the bytes that went in come out`).toBe(true)
      expect(split.frames.length, `round ${round}: frames`).toBe(whole.frames.length)
      if (reason !== undefined) reasons.add(reason)
    }
    expect(reasons.size).toBeGreaterThan(10)
  })
})

test('no decoder fails otherwise than with a WireError', () => {
  const draws = createDraws(randomKey('fuzz', 'decode'))
  const frames = [...CLIENT, ...SERVER, ...PACKETS].filter(({ length }) => length < 60_000)
  let refused = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const mutated = mutate(frames[draws.below(round, frames.length)] ?? STARTUP, draws, round)
    // A length that is right lets the fields behind it be read.
    const fixed = Buffer.from(mutated)
    if (fixed.length >= 5) fixed.writeUInt32BE(fixed.length - 1, 1)
    for (const decode of ALL) for (const frame of [mutated, fixed]) if (attempt(() => decode(frame)) !== undefined) refused += 1
  }
  expect(refused).toBeGreaterThan(ROUNDS)
})

test('a parameter can be read whatever its bytes', () => {
  const { below } = createDraws(randomKey('fuzz', 'parameters'))
  const types = [16, 17, 20, 21, 23, 25, 26, 700, 701, 1007, 1009, 1082, 1083, 1114, 1184, 1186, 1231, 1700, 2950, 3802, 0]
  for (let round = 0; round < ROUNDS * 5; round += 1) {
    const size = [0, 1, 2, 4, 8, 16, 24, 60][below(round, 8)] ?? 0
    const bytes = Buffer.from(
      Array.from({ length: size }, (_, at) =>
        below(round, 3, 2 * at) === 0 ? below(round, 256, 2 * at + 1) : below(round, 2, 2 * at + 1),
      ),
    )
    const type = types[below(round, types.length, 999)] ?? 0
    for (const format of ['text', 'binary'] as const) expect(readParameter({ type, format, value: bytes.toString('latin1') })).toBeDefined()
  }
})

test('a plan with any context has a depth, and any text can be folded', () => {
  const draws = createDraws(randomKey('fuzz', 'plan'))
  for (let round = 0; round < ROUNDS; round += 1) {
    const body = mutate(NOTICE.subarray(5), draws, round)
    const fields =
      attempt(() => decodeNotice(message('N', body))) === undefined ? decodeNotice(message('N', body)) : new Map<string, string>()
    const plan = decodePlanMessage(fields)
    if (plan === undefined) continue
    expect(plan.depth).toBeGreaterThanOrEqual(0)
    expect(foldNumbers(plan.json).shape).toBeDefined()
  }
})

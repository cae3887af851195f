import { createDeadline } from '../primitives/deadline.js'
import { HotbedError } from '../primitives/error.js'
import type { SendCommand } from './inspect.js'
import { LOOK_SCRIPT, SHIFT_SCRIPT } from './shift-script.js'

/** A number of keys, and the first of them by name. In another database than 0 a name has it in front: `db2 user:7`. */
export interface NamedKeys {
  readonly count: number
  /** At most 20. */
  readonly first: readonly string[]
}

/** What became of the keys of a Redis whose time was moved. */
export interface ShiftedExpiries {
  /** Their life was over at the new time: they are gone. */
  readonly expired: NamedKeys
  /** They live on, so much shorter to the millisecond. */
  readonly moved: number
  /** They had no TTL. */
  readonly persistent: NamedKeys
  /** Of hashes, where the server lets single fields expire; those that expired are in `expired.first` as `key → field`. */
  readonly fields: { readonly expired: number; readonly moved: number }
}

const NAMED = 20
/** So many that have expired are looked at, so that they go at once. Of more, the server takes its time. */
const LOOKED_AT = 1_000
const PASS_MS = 5_000

/**
 * Shortens the life of every key by `byMs`, in all databases of the server, in one atomic script. Settles when the server's time has passed
 * the new deadlines: a key that is over is read as such from then on.
 *
 * @param only the one database to look at, where the others are not the suite's. @default all of them
 * @param exact whether the server knows PEXPIRETIME (Redis 7.0). Without it a life may be off by a millisecond
 * @throws {HotbedError} `ERR_HOTBED_QUERY` when the server refuses the script
 */
export async function shiftExpiries(send: SendCommand, byMs: number, exact: boolean, only?: number): Promise<ShiftedExpiries> {
  const place = only === undefined ? [] : [only]
  const reply = await send(['EVAL', SHIFT_SCRIPT, 0, byMs, exact ? 'PEXPIRETIME' : 'PTTL', LOOKED_AT, ...place])
  const [now, moved, expired, persistent, fieldsMoved, fieldsExpired, there, visited] = readNumbers(reply, 8)
  const [expiredNames = [], persistentNames = []] = readLists(reply)
  if (visited > there) {
    throw new HotbedError('ERR_HOTBED_QUERY', {
      message: `SCAN gave ${visited} of ${there} keys: one of them was said, and moved, twice.`,
      remedy: 'Reset the suite: the remaining lives of its keys are not to be trusted.',
    })
  }
  if (expired + fieldsExpired > 0) {
    // In the script the old time stood still, so that even `now + 1` was to come; right after it most keys could still be read.
    await passTime(send, now + 1)
    await lookUntilGone(send, expiredNames)
  }
  return {
    expired: { count: expired, first: nameAll(expiredNames) },
    moved: moved - expired,
    persistent: { count: persistent, first: nameAll(persistentNames) },
    fields: { expired: fieldsExpired, moved: fieldsMoved - fieldsExpired },
  }
}

/** Asks for the time until it is past: a millisecond is shorter than any timer. */
async function passTime(send: SendCommand, untilMs: number): Promise<void> {
  const deadline = createDeadline(PASS_MS)
  for (;;) {
    const [seconds, microseconds] = readNumbers(await send(['TIME']), 2)
    const time = seconds * 1000 + Math.floor(microseconds / 1000)
    if (time > untilMs) return
    if (deadline.isOver()) {
      throw new HotbedError('ERR_HOTBED_TIMEOUT', {
        message: `Waited ${PASS_MS} ms for the time of Redis to pass ${untilMs}; it says ${time}.`,
      })
    }
  }
}

/**
 * A script's own time, from which PEXPIRE counts, may be later than what TIME says in it, when the server had to wait for a core in between. Of a hash of
 * which only fields are over the key stays.
 */
async function lookUntilGone(send: SendCommand, names: readonly (readonly string[])[]): Promise<void> {
  const keys = names.filter(([, , field]) => field === undefined).flatMap(([db = '', key = '']) => [db, key])
  const fields = names.filter(([, , field]) => field !== undefined).flatMap(([db = '', key = '']) => [db, key])
  if (fields.length > 0) await send(['EVAL', LOOK_SCRIPT, 0, ...fields])
  const deadline = createDeadline(PASS_MS)
  for (;;) {
    const there = keys.length === 0 ? 0 : Number(await send(['EVAL', LOOK_SCRIPT, 0, ...keys]))
    if (there === 0) return
    if (deadline.isOver()) {
      throw new HotbedError('ERR_HOTBED_TIMEOUT', {
        message: `Waited ${PASS_MS} ms for ${there} keys to be gone whose life is over.`,
      })
    }
  }
}

type Numbers = readonly [number, number, number, number, number, number, number, number]

/** The first `count` of a reply, which may also come as texts. */
function readNumbers(reply: unknown, count: number): Numbers {
  const items: readonly unknown[] = Array.isArray(reply) ? reply : []
  const numbers = items.slice(0, count).map(Number)
  if (numbers.length === count && numbers.every(Number.isFinite)) return numbers as unknown as Numbers
  throw new HotbedError('ERR_HOTBED_QUERY', { message: `Redis answered with something else than ${count} numbers: ${String(reply)}` })
}

function readLists(reply: unknown): readonly (readonly (readonly string[])[])[] {
  return (reply as readonly unknown[]).slice(8).map((list) => (list as readonly (readonly unknown[])[]).map((name) => name.map(String)))
}

function nameAll(names: readonly (readonly string[])[]): readonly string[] {
  return names.slice(0, NAMED).map(([db, key, field]) => `${db === '0' ? '' : `db${db} `}${key}${field === undefined ? '' : ` → ${field}`}`)
}

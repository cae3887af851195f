import type { Command, RecordedClock } from '../../wire/recording/recording.js'

/** How long a key lives: milliseconds, for ever, or as long as another one that it was made of. */
export type GivenLife = number | 'persistent' | 'unknown'

const SECOND = 1000

type Given = (command: Command, at: number, nowMs: number) => GivenLife | undefined

const read = (text: string | undefined, unit: number): GivenLife | undefined => {
  const value = Number(text)
  return text === undefined || Number.isNaN(value) ? undefined : value * unit
}

const after =
  (index: number, unit: number): Given =>
  ({ args }) =>
    read(args[index], unit)

const until =
  (index: number, unit: number): Given =>
  ({ args }, _at, nowMs) => {
    const moment = read(args[index], unit)
    return typeof moment === 'number' ? Math.max(0, moment - nowMs) : undefined
  }

const forEver: Given = () => 'persistent'
const asAnother: Given = () => 'unknown'

/** The options of SET, GETEX and HSETEX, from `first` on. `otherwise`: what the command does to the life without any. */
const byOption =
  (first: number, otherwise: GivenLife | undefined): Given =>
  ({ args }, _at, nowMs) => {
    for (let at = first; at < args.length; at += 1) {
      const word = (args[at] ?? '').toUpperCase()
      const life = OPTIONS[word]
      if (life !== undefined) return life(args[at + 1], nowMs)
      if (word === 'FIELDS') break
    }
    return otherwise
  }

const OPTIONS: Readonly<Record<string, (value: string | undefined, nowMs: number) => GivenLife | undefined>> = {
  EX: (value) => read(value, SECOND),
  PX: (value) => read(value, 1),
  EXAT: (value, nowMs) => Math.max(0, Number(value) * SECOND - nowMs),
  PXAT: (value, nowMs) => Math.max(0, Number(value) - nowMs),
  PERSIST: () => 'persistent',
  KEEPTTL: () => undefined,
}

const LIVES: Readonly<Record<string, Given>> = {
  SET: byOption(3, 'persistent'),
  GETEX: byOption(2, undefined),
  HSETEX: byOption(2, undefined),
  SETEX: after(2, SECOND),
  PSETEX: after(2, 1),
  EXPIRE: after(2, SECOND),
  PEXPIRE: after(2, 1),
  HEXPIRE: after(2, SECOND),
  HPEXPIRE: after(2, 1),
  EXPIREAT: until(2, SECOND),
  PEXPIREAT: until(2, 1),
  PERSIST: forEver,
  GETSET: forEver,
  SETNX: forEver,
  MSET: forEver,
  MSETNX: forEver,
  RESTORE: ({ args }) => (args[2] === '0' ? 'persistent' : read(args[2], 1)),
  RENAME: asAnother,
  RENAMENX: asAnother,
  COPY: asAnother,
}

/** True for what may change how long a key lives, whether it writes a value or not. */
export function changesLife({ name }: Command): boolean {
  return Object.hasOwn(LIVES, name)
}

/** The life that a command gave to its key; undefined: it left it as it was, or was refused. */
export function givenLife(command: Command, clock: RecordedClock): GivenLife | undefined {
  const given = LIVES[command.name]
  if (given === undefined || command.error !== undefined) return undefined
  // EXPIRE of a key that is not there, or whose NX or XX refused it; a list of such for fields.
  if (/^(?:P?EXPIRE(?:AT)?|PERSIST)$/.test(command.name) && command.reply?.text === '0') return undefined
  return given(command, command.start, momentOf(command, clock))
}

/** By the suite's clock, in milliseconds since 1970. */
function momentOf({ start, startMs }: Command, { startedAtMs, jumps }: RecordedClock): number {
  // The beginning was read in whole milliseconds, rounded down: a moment that the application has computed shortly before must not lie after this one.
  return startedAtMs + 1 + startMs + aheadBetween(jumps, -Infinity, start)
}

/** How far the clock was set ahead between two positions, in milliseconds. */
export function aheadBetween(jumps: RecordedClock['jumps'], from: number, to: number): number {
  return jumps.reduce((sum, { at, byMs }) => (at > from && at < to ? sum + byMs : sum), 0)
}

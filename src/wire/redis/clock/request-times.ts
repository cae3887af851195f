/** One argument after the other, latin1: gives what to send instead of it, or nothing. */
export type ArgumentEditor = (position: number, argument: string) => string | undefined

/** `args` are those that have come; only RESTORE needs all of them. */
type CreateEditor = (offsetMs: bigint, args: readonly string[]) => ArgumentEditor

/** Redis' own largest time; more is an error, which it must stay. */
const MAX = 2n ** 63n - 1n
const TOO_LARGE = String(MAX + 1n)
/** As Redis reads a whole number above 0: no sign, no zero in front. */
const POSITIVE = /^[1-9]\d{0,18}$/

/**
 * The moment that the server means by what the application said. A moment that cannot be read, or is at or before 1970, stays as it is; one of
 * the application's time stays one of the server's, because Redis refuses moments before it.
 */
function earlier(moment: string, unit: Unit, offsetMs: bigint): string {
  if (!POSITIVE.test(moment)) return moment
  const value = BigInt(moment)
  // 'seconds' are only left where the offset has no others: see `unitOf`.
  const offset = unit === 'seconds' ? offsetMs / 1000n : offsetMs
  const exact = unit === 'seconds as milliseconds' ? value * 1000n : value
  if (exact > MAX) return TOO_LARGE
  return String(exact > offset ? exact - offset : 1n)
}

type Unit = 'seconds' | 'milliseconds' | 'seconds as milliseconds'

/**
 * Where the offset is no whole number of seconds, a command in seconds becomes the one in milliseconds: rounded, a key would live shorter
 * or longer than the application meant.
 */
function unitOf(isSeconds: boolean, offsetMs: bigint): Unit {
  return !isSeconds ? 'milliseconds' : offsetMs % 1000n === 0n ? 'seconds' : 'seconds as milliseconds'
}

/** A command whose third argument is the moment, such as EXPIREAT. `precise` is its name in milliseconds. */
function momentThird(precise: string, isSeconds: boolean): CreateEditor {
  return (offsetMs) => {
    const unit = unitOf(isSeconds, offsetMs)
    return (position, argument) => {
      if (position === 0 && unit === 'seconds as milliseconds') return precise
      return position === 2 ? earlier(argument, unit, offsetMs) : undefined
    }
  }
}

/** A command with EXAT or PXAT somewhere behind its first arguments. */
function momentOption(layout: OptionLayout): CreateEditor {
  return (offsetMs) => {
    let unit: Unit | undefined
    /** Arguments that are values, not options. */
    let skip = layout.first
    let { countedFirst } = layout
    /** A number stands next: of groups of so many arguments. */
    let counts: number | undefined
    return (_position, argument) => {
      if (counts !== undefined) {
        skip = countOf(argument) * counts
        counts = undefined
        return undefined
      }
      if (skip > 0) {
        skip -= 1
        if (skip === 0 && countedFirst !== undefined) {
          skip = countOf(argument) * countedFirst
          countedFirst = undefined
        }
        return undefined
      }
      if (unit !== undefined) {
        const moment = earlier(argument, unit, offsetMs)
        unit = undefined
        return moment
      }
      if (argument.length > LONGEST_WORD) return undefined
      const word = argument.toUpperCase()
      if (word === 'EXAT' || word === 'PXAT') {
        unit = unitOf(word === 'EXAT', offsetMs)
        return unit === 'seconds as milliseconds' ? 'PXAT' : undefined
      }
      if (word === 'FIELDS' && layout.perField !== undefined) counts = layout.perField
      else if (WITH_VALUE.has(word)) skip = 1
      return undefined
    }
  }
}

interface OptionLayout {
  /** Arguments before the options, with the name. */
  readonly first: number
  /** The last of those says how many groups of so many arguments follow. */
  readonly countedFirst?: number
  /** The option FIELDS has a number behind it, and that many groups of so many arguments. */
  readonly perField?: number
}

const LONGEST_WORD = 8
/** Options of these commands that have a value, which may look like an option. */
const WITH_VALUE: ReadonlySet<string> = new Set(['EX', 'PX', 'IFEQ', 'IFNE', 'IFDEQ', 'IFDNE'])

function countOf(argument: string): number {
  return POSITIVE.test(argument) ? Number(argument) : 0
}

/** RESTORE key ttl value [REPLACE] [ABSTTL] …: only its end tells what its beginning means. */
const restore: CreateEditor = (offsetMs, args) => {
  const isAbsolute = args.slice(4).some((argument) => argument.toUpperCase() === 'ABSTTL')
  return (position, argument) => (isAbsolute && position === 2 ? earlier(argument, 'milliseconds', offsetMs) : undefined)
}

/** XCLAIM key group consumer min-idle-time id … [TIME ms] */
const claim: CreateEditor = (offsetMs) => {
  let isNext = false
  return (position, argument) => {
    const isMoment = isNext
    isNext = position > 4 && argument.toUpperCase() === 'TIME'
    return isMoment ? earlier(argument, 'milliseconds', offsetMs) : undefined
  }
}

/** The commands of Redis, 8.4 at the newest, that take a moment. */
const EDITORS: ReadonlyMap<string, CreateEditor> = new Map([
  ['EXPIREAT', momentThird('PEXPIREAT', true)],
  ['PEXPIREAT', momentThird('PEXPIREAT', false)],
  ['HEXPIREAT', momentThird('HPEXPIREAT', true)],
  ['HPEXPIREAT', momentThird('HPEXPIREAT', false)],
  ['SET', momentOption({ first: 3 })],
  ['GETEX', momentOption({ first: 2 })],
  ['HGETEX', momentOption({ first: 2, perField: 1 })],
  ['HSETEX', momentOption({ first: 2, perField: 2 })],
  ['MSETEX', momentOption({ first: 2, countedFirst: 2 })],
  ['RESTORE', restore],
  ['XCLAIM', claim],
])

/** What to send instead of the arguments of a command that may say a moment; nothing for all others. */
export function editorOf(name: string, offsetMs: bigint, args: readonly string[]): ArgumentEditor | undefined {
  return EDITORS.get(name)?.(offsetMs, args)
}

/** All of it must have come before the first of it can be sent. */
export function isReadFromItsEnd(name: string): boolean {
  return name === 'RESTORE'
}

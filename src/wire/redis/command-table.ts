import { fallbackSpecs } from './fallback-specs.js'
import { findByRange, findBySpecs, findMigrateKeys, findSortKeys } from './find-keys.js'

/** What a server says of its commands. Plain data: it travels between threads. Subcommands have names such as `XGROUP|CREATE`. */
export type CommandTable = ReadonlyMap<string, CommandEntry>

export interface CommandEntry {
  /** `readonly`, `write`, `blocking`, `movablekeys` and so on, as the server has them. */
  readonly flags: readonly string[]
  /** Positions of the first and the last key (negative: from the end), and how far they are apart; 0: none. */
  readonly first: number
  readonly last: number
  readonly step: number
  readonly keySpecs: readonly KeySpec[]
}

/** Where some keys of a command are, in the server's own words. */
export interface KeySpec {
  /** `RO`, `RW`, `OW`, `RM`, `access`, `update`, `insert`, `delete`, `not_key`, `incomplete`, `variable_flags`. */
  readonly flags: readonly string[]
  readonly begin:
    | { readonly type: 'index'; readonly index: number }
    | { readonly type: 'keyword'; readonly keyword: string; readonly from: number }
    | { readonly type: 'unknown' }
  readonly find:
    | { readonly type: 'range'; readonly last: number; readonly step: number; readonly limit: number }
    | { readonly type: 'keynum'; readonly countAt: number; readonly first: number; readonly step: number }
    | { readonly type: 'unknown' }
}

/** Reads the reply of `COMMAND`, in RESP2's form: arrays, texts and whole numbers. What it does not understand it leaves out. */
export function createCommandTable(raw: unknown): CommandTable {
  const table = new Map<string, CommandEntry>()
  for (const command of listOf(raw)) addCommand(table, command)
  return table
}

function addCommand(table: Map<string, CommandEntry>, raw: unknown): void {
  const [name, , flags, first, last, step, , , specs, subcommands] = listOf(raw)
  if (typeof name !== 'string') return
  const upper = name.toUpperCase()
  const entry = { flags: textsOf(flags), first: numberOf(first), last: numberOf(last), step: numberOf(step) }
  const keySpecs = listOf(specs).map(readSpec)
  table.set(upper, { ...entry, keySpecs: keySpecs.length > 0 ? keySpecs : entry.flags.includes('movablekeys') ? fallbackSpecs(upper) : [] })
  for (const subcommand of listOf(subcommands)) addCommand(table, subcommand)
}

function readSpec(raw: unknown): KeySpec {
  const spec = fieldsOf(raw)
  const begin = fieldsOf(spec['begin_search'])
  const find = fieldsOf(spec['find_keys'])
  const b = fieldsOf(begin['spec'])
  const f = fieldsOf(find['spec'])
  return {
    flags: textsOf(spec['flags']),
    begin:
      begin['type'] === 'index'
        ? { type: 'index', index: numberOf(b['index']) }
        : begin['type'] === 'keyword'
          ? { type: 'keyword', keyword: String(b['keyword']).toUpperCase(), from: numberOf(b['startfrom']) }
          : { type: 'unknown' },
    find:
      find['type'] === 'range'
        ? { type: 'range', last: numberOf(f['lastkey']), step: numberOf(f['keystep']), limit: numberOf(f['limit']) }
        : find['type'] === 'keynum'
          ? { type: 'keynum', countAt: numberOf(f['keynumidx']), first: numberOf(f['firstkey']), step: numberOf(f['keystep']) }
          : { type: 'unknown' },
  }
}

/** The command that `args` call, a subcommand where there is one. */
export function findCommand(table: CommandTable, args: readonly string[]): CommandEntry | undefined {
  const name = args[0]?.toUpperCase() ?? ''
  return (args[1] === undefined ? undefined : table.get(`${name}|${args[1].toUpperCase()}`)) ?? table.get(name)
}

/**
 * The positions of the keys among `args`, the command's name being 0, in the order in which COMMAND GETKEYS has them. None for a call that
 * the server will refuse; `undefined` where only the server could say: an unknown command, or a module's with keys that move.
 */
export function findKeys(table: CommandTable, args: readonly string[]): readonly number[] | undefined {
  const entry = findCommand(table, args)
  if (entry === undefined) return undefined
  const name = args[0]?.toUpperCase()
  if (name === 'SORT') return findSortKeys(args)
  if (name === 'MIGRATE') return findMigrateKeys(args)
  const usable = entry.keySpecs.filter(({ begin, find }) => begin.type !== 'unknown' && find.type !== 'unknown')
  if (usable.length > 0) return findBySpecs(usable, args)
  return entry.flags.includes('movablekeys') ? undefined : findByRange(entry, args)
}

const SCRIPTS = new Set(['EVAL', 'EVAL_RO', 'EVALSHA', 'EVALSHA_RO', 'FCALL', 'FCALL_RO', 'TFCALL', 'TFCALLASYNC'])
/** Redis before 7 does not flag them. */
const BLOCKING = new Set(['BLPOP', 'BRPOP', 'BRPOPLPUSH', 'BLMOVE', 'BLMPOP', 'BZPOPMIN', 'BZPOPMAX', 'BZMPOP', 'WAIT', 'WAITAOF'])

/** Keys are known, what happens inside is not. */
export function isScript(args: readonly string[]): boolean {
  return SCRIPTS.has(args[0]?.toUpperCase() ?? '')
}

/** May wait for as long as it likes; XREAD and XREADGROUP with BLOCK only. */
export function isBlocking(table: CommandTable, args: readonly string[]): boolean {
  const name = args[0]?.toUpperCase() ?? ''
  if (name !== 'XREAD' && name !== 'XREADGROUP') return BLOCKING.has(name) || table.get(name)?.flags.includes('blocking') === true
  const streams = args.findIndex((argument) => argument.toUpperCase() === 'STREAMS')
  // A group or a consumer may be called BLOCK.
  const options = args.slice(name === 'XREAD' ? 1 : 4, streams === -1 ? undefined : streams)
  return options.some((argument) => argument.toUpperCase() === 'BLOCK')
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A map of RESP3, or RESP2's list of names and values by turns. */
function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!Array.isArray(value)) return typeof value === 'object' && value !== null ? { ...value } : {}
  const items: readonly unknown[] = value
  return Object.fromEntries(items.flatMap((name, at) => (at % 2 === 0 ? [[String(name), items[at + 1]]] : [])))
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).map(String)
}

function numberOf(value: unknown): number {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : 0
}

import type { CommandEntry, KeySpec } from './command-table.js'

/** As Redis' own getKeysUsingKeySpecs does it; none when a specification does not fit the call, which is then a syntax error. */
export function findBySpecs(specs: readonly KeySpec[], args: readonly string[]): readonly number[] {
  const positions: number[] = []
  for (const spec of specs) {
    if (spec.flags.includes('not_key')) continue
    const begin = findBegin(spec, args)
    if (begin === undefined) continue
    const range = findRange(spec, begin, args)
    if (range === undefined) return []
    for (let at = range.first; at <= range.last; at += range.step) positions.push(at)
  }
  return positions
}

function findBegin({ begin }: KeySpec, args: readonly string[]): number | undefined {
  if (begin.type === 'index') return begin.index
  if (begin.type === 'unknown') return undefined
  const isForward = begin.from > 0
  for (let at = isForward ? begin.from : args.length + begin.from; at > 0 && at < args.length; at += isForward ? 1 : -1) {
    if (args[at]?.toUpperCase() === begin.keyword) return at + 1
  }
  return undefined
}

interface Range {
  readonly first: number
  readonly last: number
  readonly step: number
}

function findRange({ find }: KeySpec, begin: number, args: readonly string[]): Range | undefined {
  let first = begin
  let last = begin
  if (find.type === 'unknown') return undefined
  if (find.type === 'keynum') {
    const count = args[begin + find.countAt] ?? ''
    if (!/^\d{1,9}$/.test(count)) return undefined
    first = begin + find.first
    last = first + (Number(count) - 1) * find.step
  } else if (find.last >= 0) last = begin + find.last
  else last = find.limit > 0 ? begin + Math.floor((args.length - begin) / find.limit) + find.last : args.length + find.last
  return last < first || last >= args.length ? undefined : { first, last, step: Math.max(1, find.step) }
}

export function findByRange({ first, last, step }: CommandEntry, args: readonly string[]): readonly number[] {
  const end = last < 0 ? args.length + last : last
  if (first < 1 || end >= args.length) return []
  const positions: number[] = []
  for (let at = first; at <= end; at += Math.max(1, step)) positions.push(at)
  return positions
}

/** The specification of STORE is `unknown`, since the word may stand anywhere after the key. Of several the last counts. */
export function findSortKeys(args: readonly string[]): readonly number[] {
  if (args.length < 2) return []
  let store: number | undefined
  for (let at = 2; at < args.length; at += 1) {
    const word = args[at]?.toUpperCase()
    if (word === 'LIMIT') at += 2
    else if (word === 'GET' || word === 'BY') at += 1
    else if (word === 'STORE' && at + 1 < args.length) store = at += 1
  }
  return store === undefined ? [1] : [1, store]
}

/** Many keys stand after KEYS when the one in its own place is empty. */
export function findMigrateKeys(args: readonly string[]): readonly number[] {
  if (args.length < 6) return []
  if (args[3] !== '') return [3]
  for (let at = 6; at < args.length; at += 1) {
    const word = args[at]?.toUpperCase()
    if (word === 'KEYS') return args.slice(at + 1).map((_, index) => at + 1 + index)
    if (word === 'AUTH') at += 1
    else if (word === 'AUTH2') at += 2
  }
  return [3]
}

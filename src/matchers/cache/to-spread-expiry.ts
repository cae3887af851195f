import type { KeyspaceKey, KeyspaceSnapshot } from '../../keyspace/keyspace-snapshot.js'
import { formatDuration, readDuration, type Duration } from '../../primitives/duration.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { readKeyspace, unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { requireKeys } from './key-lines.js'

export interface SpreadBounds {
  /** Seconds, or a text such as `'1m'`. */
  readonly window: Duration
  /** Of the keys that expire, between 0 and 1: `0.2`. */
  readonly maxShare: number
}

const SHOWN = 3
/** 0.29 × 100 is a little less than 29. */
const ROUNDING = 1e-9

/**
 * Passes when, wherever a window of this length is laid, no more than this share of the keys expires inside of it. Keys that were filled together with
 * one TTL expire together, and all of them are loaded again at once. Exact: every window that begins with the end of a key is looked at; one that
 * ends a whole window later is outside. Persistent keys are not counted.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no snapshot, or one without a key that expires
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for bounds that are none
 */
export function toSpreadExpiry(received: unknown, bounds: SpreadBounds): MatcherVerdict {
  const snapshot = readKeyspace(received, 'toSpreadExpiry')
  const { windowMs, maxShare } = readBounds(bounds)
  requireKeys(snapshot, 'expiry')
  const ends = readEnds(snapshot)
  if (ends.length === 0) {
    throw unjudgeable(
      [`None of ${snapshot.keys.length.toLocaleString('en-US')} keys like '${snapshot.pattern}' expires, so there is nothing to spread.`],
      'Judge that with toHaveNoPersistentKeys().',
    )
  }
  const { from, to } = findDensest(ends, windowMs)
  const count = to - from
  const persistent = snapshot.keys.length - ends.length
  const said = `${percent(count / ends.length)} of the keys like '${snapshot.pattern}' expire within ${formatDuration(windowMs)}`
  const details = (): readonly string[] => {
    const inside = ends.slice(from, to)
    const names = inside.slice(0, SHOWN).map(({ key }) => key)
    return [
      `  ${count.toLocaleString('en-US')} of ${ends.length.toLocaleString('en-US')} keys, ${fromNow(inside[0], snapshot)} to ${fromNow(inside.at(-1), snapshot)} from now: ${names.join(', ')}${count > SHOWN ? ' …' : ''}`,
      ...(persistent === 0 ? [] : [`  ${persistent.toLocaleString('en-US')} persistent, not counted`]),
    ]
  }
  return makeVerdict(
    count <= maxShare * ends.length + ROUNDING,
    () => [
      `${said}, expected at most ${percent(maxShare)}.`,
      ...details(),
      '  Keys that expire together are loaded together: add a random part to the TTL of each.',
    ],
    () => [`${said}, expected more than ${percent(maxShare)}.`, ...details()],
  )
}

interface End {
  readonly key: string
  readonly atMs: number
}

function readBounds(bounds: unknown): { readonly windowMs: number; readonly maxShare: number } {
  if (typeof bounds !== 'object' || bounds === null) {
    throw wrongOption('bounds', "{ window, maxShare }, such as { window: '1m', maxShare: 0.2 }", bounds)
  }
  checkOptionNames(bounds, ['window', 'maxShare'], 'toSpreadExpiry()')
  const { window, maxShare }: { readonly window?: unknown; readonly maxShare?: unknown } = bounds
  const windowMs = readDuration(window, 'window')
  if (windowMs <= 0) throw wrongOption('window', 'longer than nothing', window)
  if (typeof maxShare !== 'number' || !(maxShare > 0 && maxShare <= 1))
    throw wrongOption('maxShare', 'a share above 0 and up to 1', maxShare)
  return { windowMs, maxShare }
}

/** By the server's clock where it tells; else by the remaining life, which was read a little later for each. */
function readEnds({ keys, takenAtMs }: KeyspaceSnapshot): readonly End[] {
  const endOf = ({ key, ttlMs, expiresAtMs }: KeyspaceKey): readonly End[] =>
    ttlMs === 'persistent' ? [] : [{ key, atMs: expiresAtMs ?? takenAtMs + ttlMs }]
  return keys.flatMap(endOf).toSorted((a, b) => a.atMs - b.atMs)
}

/** The fullest of the windows: from one end, up to but without the first that is a whole window later. */
function findDensest(ends: readonly End[], windowMs: number): { readonly from: number; readonly to: number } {
  let best = { from: 0, to: 0 }
  let to = 0
  for (const [from, { atMs }] of ends.entries()) {
    while (to < ends.length && (ends[to]?.atMs ?? Infinity) < atMs + windowMs) to += 1
    if (to - from > best.to - best.from) best = { from, to }
  }
  return best
}

function fromNow(end: End | undefined, { takenAtMs }: KeyspaceSnapshot): string {
  return formatDuration(Math.max(0, (end?.atMs ?? 0) - takenAtMs))
}

function percent(share: number): string {
  return `${(share * 100).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`
}

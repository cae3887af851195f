import { filterFrozen } from '../../primitives/filter-frozen.js'
import type { CommittedWrite } from '../../wire/recording/committed-writes.js'
import type { KeyEffect } from '../../wire/recording/key-effects.js'
import type { Command } from '../../wire/recording/recording.js'
import type { ReadKeys } from './key-list.js'

/** What an invalidation has to come after: the reply to the COMMIT, the reply to the write itself, or nothing. */
export type InvalidationOrder = 'commit' | 'write' | 'any'

/**
 * What became of one key of the list.
 *
 * - `done`: in order. `early`: before `write` was seen by others. `never`: nothing touched it. `script`: only scripts had it among their keys.
 * - `unordered`: nothing was written that it could come after.
 */
export interface KeyFinding {
  readonly key: string
  readonly state: 'done' | 'early' | 'never' | 'script' | 'unordered'
  readonly effect: KeyEffect | undefined
  readonly write: CommittedWrite | undefined
  readonly script: Command | undefined
}

/** Judges what was done to one key. `effects` are in order, and there is one. */
export type JudgeKey = (key: string, effects: readonly KeyEffect[]) => KeyFinding

/** One finding for each key of the list; for a glob that of the first of its keys which is not in order. */
export function findInvalidations(
  keys: ReadKeys,
  { effects, commands }: { readonly effects: readonly KeyEffect[]; readonly commands: readonly Command[] },
  judge: JudgeKey,
): readonly KeyFinding[] {
  const flushes = effects.filter(({ key }) => key === undefined)
  const byText = new Map<string, Map<string, KeyEffect[]>>()
  for (const effect of effects) {
    if (effect.key === undefined) continue
    for (const text of keys.of(effect.key)) {
      const byKey = byText.get(text) ?? new Map<string, KeyEffect[]>()
      if (byKey.size === 0) byText.set(text, byKey)
      const list = byKey.get(effect.key)
      if (list === undefined) byKey.set(effect.key, [effect])
      else list.push(effect)
    }
  }
  const findings = keys.texts.map((text): KeyFinding => {
    const found = byText.get(text) ?? new Map<string, KeyEffect[]>()
    if (found.size === 0 && flushes.length > 0) found.set(text, [])
    let first: KeyFinding | undefined
    for (const [key, own] of found) {
      const judged = judge(key, flushes.length === 0 ? own : [...own, ...flushes].toSorted((a, b) => a.at - b.at))
      if (judged.state !== 'done') return judged
      first ??= judged
    }
    return first ?? finding(text, 'never')
  })
  if (findings.every(({ state }) => state !== 'never')) return findings
  const scripts = filterFrozen(commands, ({ isScript }) => isScript)
  return findings.map((one) => {
    const script = one.state === 'never' ? scripts.find((command) => command.keys.some((key) => keys.of(key).includes(one.key))) : undefined
    return script === undefined ? one : { ...one, state: 'script', script }
  })
}

/** `isEach`: the last of all writes has to be followed, not any of them. */
export function createJudge(after: InvalidationOrder, writes: readonly CommittedWrite[], isEach: boolean): JudgeKey {
  if (after === 'any') return (key, effects) => finding(key, 'done', effects.at(-1))
  const seenAt = (write: CommittedWrite): number => (after === 'commit' ? write.committedAt : write.wroteAt)
  const [some] = writes
  if (some === undefined) return (key, effects) => finding(key, 'unordered', effects.at(-1))
  const first = writes.reduce((a, b) => (seenAt(b) < seenAt(a) ? b : a), some)
  const latest = writes.reduce((a, b) => (seenAt(b) > seenAt(a) ? b : a), some)
  const firstSeenAt = seenAt(first)
  const around = createEnclosing(writes, seenAt)
  return (key, effects) => {
    const last = effects.at(-1)
    if (isEach) return finding(key, last !== undefined && last.at > seenAt(latest) ? 'done' : 'early', last, latest)
    const good = effects.find(({ at }) => at > firstSeenAt && around(at) === undefined)
    if (good !== undefined) return finding(key, 'done', good)
    return finding(key, 'early', last, (last === undefined ? undefined : around(last.at)) ?? first)
  }
}

function finding(key: string, state: KeyFinding['state'], effect?: KeyEffect, write?: CommittedWrite): KeyFinding {
  return { key, state, effect, write, script: undefined }
}

/** Finds, at a position, a write that has begun and that others do not see yet; in the logarithm of their number. */
function createEnclosing(
  writes: readonly CommittedWrite[],
  seenAt: (write: CommittedWrite) => number,
): (position: number) => CommittedWrite | undefined {
  let latest: CommittedWrite | undefined
  const begins = Float64Array.from(writes, ({ wroteFrom }) => wroteFrom)
  const latestUpTo = writes.map((write) => (latest = latest === undefined || seenAt(write) > seenAt(latest) ? write : latest))
  return (position) => {
    let low = 0
    let high = writes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((begins[middle] ?? Infinity) < position) low = middle + 1
      else high = middle
    }
    const found = latestUpTo[low - 1]
    return found !== undefined && seenAt(found) >= position ? found : undefined
  }
}

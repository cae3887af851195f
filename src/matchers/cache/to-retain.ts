import { plural } from '../../primitives/plural.js'
import { memoryLines } from '../../keyspace/memory-measurement.js'
import { globToRegExp } from '../../wire/redis-glob.js'
import { readMemory, unjudgeable } from '../message/evidence.js'
import { isNegated, makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { isGlob, readKeyList, type KeyList } from './key-list.js'

const SHOWN = 5

/**
 * Passes when every key of the list is there after the measured work: what is used all the time stays when memory runs short. With `.not` none may be.
 *
 * @param this what `expect` passes: `.not` is about every key as well, so it is no mere negation
 * @param keys names, or globs for the keys that were there before
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no measurement, keys that were not measured, or a glob that nothing matched before
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for keys that are none
 */
export function toRetain(this: unknown, received: unknown, keys: KeyList): MatcherVerdict {
  const memory = readMemory(received, 'toRetain')
  const list = readKeyList(keys)
  const before = new Set(memory.patterns.flatMap((one) => one.before))
  const after = new Set(memory.patterns.flatMap((one) => one.after.keys.map(({ key }) => key)))
  const wanted = new Set(list.texts.filter((text) => !isGlob(text) || before.has(text)))
  const matched = new Set<string>(wanted)
  for (const key of before) {
    const texts = list.of(key)
    if (texts.length > 0) wanted.add(key)
    for (const text of texts) matched.add(text)
  }
  const measured = memory.patterns.map(({ pattern }) => globToRegExp(pattern))
  const unmeasured = list.texts.filter((text) => !isGlob(text) && !measured.some((pattern) => pattern.test(text)))
  if (unmeasured.length > 0) {
    throw unjudgeable(
      [
        `${unmeasured.join(', ')} was not measured: only keys like ${memory.patterns.map(({ pattern }) => `'${pattern}'`).join(', ')} were.`,
      ],
      "Let the measurement include it: redis.measureMemory(fn, { keys: '*' }).",
    )
  }
  const unmatched = list.texts.filter((text) => !matched.has(text))
  if (unmatched.length > 0) {
    throw unjudgeable(
      [
        `No key like ${unmatched.join(', ')} was there before, so there is none to retain.`,
        ...memoryLines(memory).map((line) => `  ${line}`),
      ],
      'Write them before redis.measureMemory, let its keys include them, or name each.',
    )
  }
  const there = [...wanted].filter((key) => after.has(key))
  const gone = [...wanted].filter((key) => !after.has(key))
  const lines = (some: readonly string[]): readonly string[] => [
    ...some.slice(0, SHOWN).map((key) => `  ✗ ${key}${before.has(key) ? '' : '  was not there before either'}`),
    ...(some.length > SHOWN ? [`  … and ${formatCount(some.length - SHOWN)} more`] : []),
    ...memoryLines(memory).map((line) => `  ${line}`),
  ]
  const count = (some: readonly string[]): string => `${formatCount(some.length)} of ${plural(wanted.size, 'key')}`
  return makeVerdict(
    isNegated(this) ? there.length > 0 : gone.length === 0,
    () => [`${count(gone)} ${gone.length === 1 ? 'is' : 'are'} gone.`, ...lines(gone)],
    () => [`${count(there)} ${there.length === 1 ? 'is' : 'are'} still there, and none should be.`, ...lines(there)],
  )
}

import { plural } from '../../primitives/plural.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { matcherOf, type Match } from '../../wire/match.js'
import { readCommittedWrites } from '../../wire/recording/committed-writes.js'
import { readKeyEffects } from '../../wire/recording/key-effects.js'
import { formatMs } from '../../wire/recording/print-recording.js'
import type { RecordedEvent } from '../../wire/recording/recording.js'
import { unjudgeable } from '../message/evidence.js'
import { isNegated, makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { describeEffect, nameEvent } from './effect-text.js'
import { createJudge, findInvalidations, type InvalidationOrder, type KeyFinding } from './invalidations.js'
import { readKeyList, type KeyList } from './key-list.js'

export interface InvalidateOptions {
  /**
   * What an invalidation has to come after: `'commit'`, the reply to the COMMIT of what was written before it, or to the write itself where it is
   * autocommitted; `'write'`, the reply to the write, also within its transaction; `'any'`, nothing. @default 'commit'
   */
  readonly after?: InvalidationOrder
  /**
   * Which statements are the writes that the keys depend on: `'UPDATE products'`. The last of those has to be followed by an invalidation of every
   * key. @default all INSERT, UPDATE, DELETE, MERGE, TRUNCATE and COPY, each key invalidated after one of them and during none
   */
  readonly of?: Match
}

const SHOWN = 3
const ORDERS: readonly string[] = ['commit', 'write', 'any'] satisfies readonly InvalidationOrder[]

/**
 * Passes when every key of the list was deleted, overwritten or expired, after the write was visible to others: a key that is deleted before the
 * COMMIT has been answered can be filled again with the old row. With `.not` none of them may be.
 *
 * Deletions are DEL, UNLINK, GETDEL, RENAME away, EXPIRE of nothing, FLUSHDB and the like; any write to a key, or to a part of it, overwrites it. A
 * key that ends by its TTL alone is not seen. Within MULTI, what counts is when EXEC was sent. What was written is not looked at: an overwrite with
 * an old value invalidates too, and `toBeCoherent` is what judges the value.
 *
 * @param this what `expect` passes: `.not` is about every key as well, so it is no mere negation
 * @param keys names or globs; of a glob at least one key, and each that was touched
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps, or where only a script had the key, nothing was
 * committed, or the application was never seen
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for keys or options that are none
 */
export function toInvalidate(this: unknown, received: unknown, keys: KeyList, options: InvalidateOptions = {}): MatcherVerdict {
  const recording = readCountable(received, 'toInvalidate')
  const list = readKeyList(keys)
  const { after, of } = readOptions(options)
  const isMeant = of === undefined ? undefined : matcherOf(of, 'of')
  const effects = readKeyEffects(recording.commands)
  const writes = after === 'any' ? [] : readCommittedWrites(recording.statements, isMeant)
  const findings = findInvalidations(list, { effects, commands: recording.commands }, createJudge(after, writes, of !== undefined))
  const done = findings.filter(({ state }) => state === 'done')
  const wrong = findings.filter(({ state }) => state === 'early' || state === 'never')
  if (done.length < findings.length) requireSeenApplication(recording, 'toInvalidate')
  const pass = isNegated(this) ? done.length > 0 : wrong.length === 0
  const open = findings.find(({ state }) => state === 'script' || state === 'unordered')
  if (open !== undefined && (isNegated(this) ? !pass : pass)) throw openQuestion(open, recording.statements.length)
  const label = after === 'any' ? '' : after === 'commit' ? ' after the COMMIT' : ' after the write'
  const count = (some: readonly KeyFinding[]): string => `${formatCount(some.length)} of ${plural(findings.length, 'key')}`
  const excerpt = (some: readonly KeyFinding[]): readonly string[] => {
    const marked = some.slice(0, SHOWN).flatMap(eventsOf)
    return marked.length === 0
      ? []
      : timelineLines(
          recording,
          marked.toSorted((a, b) => a.start - b.start),
        )
  }
  return makeVerdict(
    pass,
    () => [
      `${count(wrong)} ${wrong.length === 1 ? 'is' : 'are'} not invalidated${label}.`,
      windowLine(recording),
      ...shownLines(wrong, recording.commands.length),
      ...excerpt(wrong),
      ...(wrong.some(({ state }) => state === 'early')
        ? ['  Between the two a reader finds the old row, and fills the cache with it: invalidate when the COMMIT has been answered.']
        : []),
    ],
    () => [
      `${count(done)} ${done.length === 1 ? 'is' : 'are'} invalidated${label}, and none should be.`,
      windowLine(recording),
      ...shownLines(done, recording.commands.length),
      ...excerpt(done),
    ],
  )
}

function readOptions(options: unknown): { readonly after: InvalidationOrder; readonly of: Match | undefined } {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', "{ after, of }, such as { after: 'commit' }", options)
  checkOptionNames(options, ['after', 'of'], 'toInvalidate()')
  const { after = 'commit', of }: { readonly after?: unknown; readonly of?: Match } = options
  if (!isOrder(after)) throw wrongOption('after', "'commit', 'write' or 'any'", after)
  return { after, of }
}

function isOrder(value: unknown): value is InvalidationOrder {
  return typeof value === 'string' && ORDERS.includes(value)
}

function shownLines(findings: readonly KeyFinding[], commands: number): readonly string[] {
  const rest = findings.length - SHOWN
  return [
    ...findings.slice(0, SHOWN).map((one) => `  ${one.state === 'done' ? ' ' : '✗'} ${one.key}  ${explain(one, commands)}`),
    ...(rest > 0 ? [`    … and ${formatCount(rest)} more`] : []),
  ]
}

function explain({ state, effect, write }: KeyFinding, commands: number): string {
  if (effect === undefined) return `never: none of ${plural(commands, 'command')} deleted, overwrote or expired it`
  const what = `${describeEffect(effect)} sent at ${formatMs(effect.atMs)} (position ${effect.at})`
  if (state === 'done' || write === undefined) return what
  const own = write.commit === write.statement
  const commit = `${own ? '' : `the COMMIT of `}${nameEvent(write.statement)}`
  return `${what}, before ${commit} was answered at ${formatMs(write.commit.endMs ?? 0)} (position ${write.committedAt})`
}

function eventsOf({ effect, write }: KeyFinding): readonly RecordedEvent[] {
  return [...(effect === undefined ? [] : [effect.command]), ...(write === undefined ? [] : [write.commit])]
}

function openQuestion({ key, state, script, effect }: KeyFinding, statements: number): Error {
  if (state === 'script' && script !== undefined) {
    return unjudgeable(
      [`Whether ${key} is invalidated cannot be seen: only a script had it among its keys, ${nameEvent(script)}.`],
      "See what is there afterwards: await redis.send('EXISTS', key); or look at the data with compareCache.",
    )
  }
  return unjudgeable(
    [
      `${effect === undefined ? key : `${key} (${describeEffect(effect)})`} came after no COMMIT: ${
        statements === 0 ? 'the recording has no statement at all' : 'no write was committed in the recording'
      }.`,
    ],
    "Record the write as well, name it with { of: 'SELECT book_seat' } where it does not look like one, or use { after: 'any' }.",
  )
}

import { plural } from '../../primitives/plural.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { eventLines } from '../../wire/recording/print-recording.js'
import { unjudgeable } from '../message/evidence.js'
import { isNegated, makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { readCountable } from '../recording/countable.js'
import { windowLine } from '../recording/recording-excerpt.js'
import { nothingLookedUp } from './count-lookups.js'
import { judgeFill, type FillFinding } from './fill-failure.js'
import { isGlob, readKeyList, type KeyList } from './key-list.js'
import { createSourceFinder } from './key-source.js'
import { firstMiss, readKeyStories, readNamedStories } from './key-story.js'
import { readTtlBounds, type TtlBounds } from './ttl-bounds.js'

export interface PopulateOptions {
  /** Between which bounds the TTL that is given shall lie: `{ max: '5m' }`. @default any */
  readonly ttl?: TtlBounds
}

const SHOWN = 3
const EVENTS = 8

/**
 * Passes when every key was filled from its source: looked up and missed, then loaded by a statement that was answered, then written once, with a
 * TTL (SET with EX, SETEX, HSET and EXPIRE, also within MULTI). Of a glob at least one key missed, and each that did was filled; those that were
 * there already are left aside. With `.not` none was filled.
 *
 * A statement belongs to a key when one of its values is a part of the key, such as `$1 = 7` and `product:7`; where there is none, the one that
 * follows the miss immediately does.
 *
 * @param this what `expect` passes: `.not` is about every key as well, so it is no mere negation
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, one that overlaps with another, where none of the keys was looked up or
 *   written, and where only a script could have written one
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for keys or bounds that are none
 */
export function toPopulateCache(this: unknown, received: unknown, keys: KeyList, options: PopulateOptions = {}): MatcherVerdict {
  const recording = readCountable(received, 'toPopulateCache')
  const list = readKeyList(keys)
  const wanted = readTtlBounds(readOptions(options).ttl, 'toPopulateCache()')
  const stories = (list.texts.some(isGlob) ? readKeyStories : readNamedStories)(recording, list.has)
  if (stories.size === 0) throw nothingLookedUp(recording, 'toPopulateCache', list.texts.join(', '))
  const findSources = createSourceFinder(recording)
  const all = [...stories.values()]
  const missed = new Set(all.filter((story) => firstMiss(story) !== undefined))
  const named = list.texts.filter((text) => !isGlob(text))
  const names = new Set(named)
  const judged = missed.size === 0 ? all : all.filter((story) => missed.has(story) || names.has(story.key))
  const unasked = named
    .filter((key) => !stories.has(key))
    .map((key): FillFinding => ({ key, failure: () => 'never looked up', unknown: undefined, events: [], life: '' }))
  const findings = [...judged.map((story) => judgeFill(story, findSources, wanted)), ...unasked]
  const filled = findings.filter(({ failure }) => failure === undefined)
  const failed = findings.filter(({ failure }) => failure !== undefined)
  const pass = isNegated(this) ? filled.length > 0 : failed.length === 0
  const open = failed.find(({ unknown }) => unknown !== undefined)
  // One that may be filled stands in the way of no failure that another one proves.
  if (open !== undefined && (isNegated(this) ? !pass : failed.every(({ unknown }) => unknown !== undefined))) throw openQuestion(open)
  const count = (some: readonly FillFinding[]): string => `${formatCount(some.length)} of ${plural(findings.length, 'key')}`
  return makeVerdict(
    pass,
    () => [
      `${count(failed)} ${failed.length === 1 ? 'is' : 'are'} not filled: miss, SQL, then one write with a TTL${wanted.label}.`,
      windowLine(recording),
      ...findingLines(failed),
    ],
    () => [
      `${count(filled)} ${filled.length === 1 ? 'is' : 'are'} filled, and none should be.`,
      windowLine(recording),
      ...findingLines(filled),
    ],
  )
}

function readOptions(options: unknown): { readonly ttl: unknown } {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', "{ ttl }, such as { ttl: { max: '5m' } }", options)
  checkOptionNames(options, ['ttl'], 'toPopulateCache()')
  const { ttl = {} }: { readonly ttl?: unknown } = options
  return { ttl }
}

function findingLines(findings: readonly FillFinding[]): readonly string[] {
  const [first] = findings
  const rest = findings.length - SHOWN
  const events = (first?.events ?? []).toSorted((a, b) => a.start - b.start).slice(0, EVENTS)
  return [
    ...findings
      .slice(0, SHOWN)
      .map(({ key, failure, life }) => (failure === undefined ? `    ${key}  ${life}` : `  ✗ ${key}  ${failure()}`)),
    ...(rest > 0 ? [`    … and ${formatCount(rest)} more`] : []),
    ...(events.length > 0
      ? ['  timeline:', ...eventLines(events, new Set(first?.failure === undefined ? [] : events.slice(-1))).map((line) => `  ${line}`)]
      : []),
  ]
}

function openQuestion({ key, failure, unknown, events }: FillFinding): Error {
  return unjudgeable(
    [`Whether ${key} is filled cannot be seen: ${failure?.()}, and ${unknown}.`, ...eventLines(events)],
    "See what is there afterwards: expect(await redis.inspect('" + key + "')).toHaveTtl()",
  )
}

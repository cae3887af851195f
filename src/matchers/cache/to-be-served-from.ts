import { plural } from '../../primitives/plural.js'
import { wrongOption } from '../../primitives/options.js'
import type { Command, Recording, RecordedEvent, Statement } from '../../wire/recording/recording.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { isTransactionControl } from '../recording/transaction-control.js'
import { readStatuses } from '../../primitives/http-status.js'
import { unseenLines } from './unseen-lookups.js'

/** Where an answer came from, the nearest to the client first. */
export type ServingLayer = 'http' | 'memory' | 'redis' | 'postgres'

const LAYERS: readonly string[] = ['http', 'memory', 'redis', 'postgres'] satisfies readonly ServingLayer[]

/**
 * Passes when what was recorded was answered by this layer, and none behind it was asked:
 *
 * - `'http'`: every answer is a 304, and neither store was asked. The recorded function has to give back the answer, or a list of them, with a
 *   `status` or `statusCode`.
 * - `'memory'`: neither store was asked, and the answer is no 304.
 * - `'redis'`: at least one hit, and no SQL.
 * - `'postgres'`: at least one statement, beside BEGIN, COMMIT and SET, that completed.
 *
 * PING asks for nothing and does not count. Answers with a status of 500 and more were not served by any layer.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, or one that overlaps with another; where neither store was asked and the
 *   application has never come through the tap; where only scripts could have hit; where an answer failed, or `'http'` is asked of what is none
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no layer
 */
export function toBeServedFrom(received: unknown, layer: ServingLayer): MatcherVerdict {
  const recording = readCountable(received, 'toBeServedFrom')
  if (!LAYERS.includes(layer)) throw wrongOption('layer', "'http', 'memory', 'redis' or 'postgres'", layer)
  const found = findLayer(recording, layer)
  const evidence = (): readonly string[] => [
    windowLine(recording),
    ...found.lines,
    ...timelineLines(recording, found.events()),
    ...unseenLines(recording, () => true),
  ]
  return makeVerdict(
    found.layer === layer,
    () => [`Served from ${found.text()}, expected from ${layer}.`, ...evidence()],
    () => [`Served from ${found.text()}, expected not from ${layer}.`, ...evidence()],
  )
}

/** What is printed is made when it is. */
interface Found {
  readonly layer: ServingLayer | undefined
  /** `postgres: 1 statement after 1 miss` */
  readonly text: () => string
  readonly lines: readonly string[]
  /** What was asked of the layer. */
  readonly events: () => readonly RecordedEvent[]
}

function findLayer(recording: Recording, wanted: ServingLayer): Found {
  const { statements, commands } = recording
  const statuses = readStatuses(recording.result)
  const failed = statuses?.find((status) => status >= 500)
  if (failed !== undefined) {
    throw unjudgeable(
      [
        `toBeServedFrom judges where an answer came from, and the application answered ${failed}: nothing was served.`,
        windowLine(recording),
      ],
      'See why it failed: String(run) prints what it asked for.',
    )
  }
  if (wanted === 'http' && statuses === undefined) {
    throw unjudgeable(
      ["toBeServedFrom('http') reads the status of the answer, and the recorded function gave back none."],
      "Give the answer back: suite.record(() => app.inject({ url, headers: { 'if-none-match': etag } }))",
    )
  }
  if (statements.some(hasCompleted)) {
    return { layer: 'postgres', text: () => postgresText(recording), lines: [], events: () => statements.filter(hasCompleted) }
  }
  if (statements.length > 0) {
    const text = (): string => `no layer: ${plural(statements.length, 'statement')}, none of which brought data`
    return { layer: undefined, text, lines: [], events: () => statements.slice(0, 1) }
  }
  if (commands.some(hasHit)) {
    const hits = (): readonly Command[] => commands.filter(hasHit)
    return { layer: 'redis', text: () => `redis: ${plural(hits().length, 'command')} with a hit, no SQL`, lines: [], events: hits }
  }
  const asked = commands.filter(({ name }) => name !== 'PING')
  if (asked.length > 0) return fromNoHit(recording, asked)
  requireSeenApplication(recording, 'toBeServedFrom')
  if (statuses?.length !== 0 && statuses?.every((status) => status === 304) === true)
    return { layer: 'http', text: () => 'http: 304, and neither store was asked', lines: [], events: () => [] }
  return { layer: 'memory', text: () => 'memory: neither store was asked', lines: statusLines(statuses), events: () => [] }
}

function hasCompleted(statement: Statement): boolean {
  return statement.tag !== undefined && statement.error === undefined && !isTransactionControl(statement)
}

function hasHit({ lookups }: Command): boolean {
  return lookups.some(({ outcome }) => outcome === 'hit')
}

function postgresText({ statements, commands }: Recording): string {
  let misses = 0
  let hits = 0
  for (const { lookups } of commands) {
    const missed = lookups.length === 0 ? 0 : lookups.filter(({ outcome }) => outcome === 'miss').length
    misses += missed
    if (lookups.length > missed) hits += 1
  }
  const beside = [...(misses > 0 ? [plural(misses, 'miss', 'misses')] : []), ...(hits > 0 ? [`${plural(hits, 'command')} with a hit`] : [])]
  const completed = plural(statements.filter(hasCompleted).length, 'statement')
  return `postgres: ${completed}${beside.length === 0 ? ', nothing looked up in Redis' : `, ${beside.join(' and ')} in Redis`}`
}

/** Redis was asked, and gave nothing that is known of. */
function fromNoHit(recording: Recording, asked: readonly Command[]): Found {
  const script = asked.find(({ isScript, error, reply }) => isScript && error === undefined && reply !== undefined && reply.kind !== 'null')
  if (script !== undefined) {
    throw unjudgeable(
      [
        'toBeServedFrom looks for hits, and only scripts were asked: whether they found anything is not seen.',
        windowLine(recording),
        ...unseenLines(recording, () => true),
      ],
      'Judge what is seen: .toExecuteStatements(0)',
    )
  }
  const misses = asked.filter(({ lookups }) => lookups.length > 0)
  const text = (): string =>
    `no layer: ${plural(asked.length, 'command')} without a hit${misses.length > 0 ? `, ${misses.length} with a miss` : ''}, no SQL`
  return { layer: undefined, text, lines: [], events: () => (misses.length > 0 ? misses : asked) }
}

function statusLines(statuses: readonly number[] | undefined): readonly string[] {
  return statuses === undefined || statuses.length === 0 ? [] : [`  answered ${[...new Set(statuses)].join(', ')}`]
}

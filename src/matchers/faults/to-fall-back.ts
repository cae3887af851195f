import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { plural } from '../../primitives/plural.js'
import { outageText, type OutageRun } from '../../wire/recording/outage-run.js'
import type { RecordedEvent } from '../../wire/recording/recording.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { isTransactionControl } from '../recording/transaction-control.js'
import { isAnswered, outcomeLines, readOutageRun, waitingLines } from './outage-evidence.js'

export interface FallBackOptions {
  /** What the answers have to come from instead: `'memory'` is neither store. @default anything */
  readonly to?: FallBackTier
}

export type FallBackTier = 'postgres' | 'redis' | 'memory'

const TIERS: readonly string[] = ['postgres', 'redis', 'memory'] satisfies readonly FallBackTier[]

/**
 * Passes when every participant was served although the outage struck: fulfilled, and where the answer has a status, it is below 500. With `to` also
 * what it was served from: `'postgres'` when a statement completed, `'redis'` when a key was found and no statement completed, else `'memory'`.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is not from `outage.record`, or where nothing met the outage
 * @throws {HotbedError} `ERR_HOTBED_OPTION`
 */
export function toFallBack(received: unknown, options: FallBackOptions = {}): MatcherVerdict {
  const run = readOutageRun(received, 'toFallBack')
  if (typeof options !== 'object' || options === null) throw wrongOption('options', "an object such as { to: 'postgres' }", options)
  checkOptionNames(options, ['to'], 'toFallBack()')
  const { to } = options
  if (to !== undefined && !TIERS.includes(to)) throw wrongOption('to', "'postgres', 'redis' or 'memory'", to)
  const failed = run.outcomes.filter((outcome) => !isAnswered(outcome, (status) => status < 500))
  const { tier, events, text } = findTier(run)
  const isElsewhere = to !== undefined && tier !== to
  const evidence = (): readonly string[] => [`  ${outageText(run)}`, windowLine(run)]
  return makeVerdict(
    failed.length === 0 && !isElsewhere,
    () =>
      failed.length > 0
        ? [
            `${plural(failed.length, 'participant')} of ${run.outcomes.length} failed with the store, expected that they fall back${to === undefined ? '' : ` to ${to}`}.`,
            ...evidence(),
            ...outcomeLines(failed),
            ...waitingLines(run),
            ...timelineLines(run, struckEvents(run)),
          ]
        : [`Fell back to ${text}, expected to ${to ?? ''}.`, ...evidence(), ...timelineLines(run, events)],
    () => [
      `${plural(run.outcomes.length, 'participant')} fell back to ${text}, expected not${to === undefined ? '' : ` to ${to}`}.`,
      ...evidence(),
      ...timelineLines(run, events),
    ],
  )
}

function findTier({ statements, commands }: OutageRun): {
  readonly tier: FallBackTier
  readonly events: readonly RecordedEvent[]
  readonly text: string
} {
  const completed = statements.filter((one) => one.tag !== undefined && one.error === undefined && !isTransactionControl(one))
  if (completed.length > 0) return { tier: 'postgres', events: completed, text: `postgres: ${plural(completed.length, 'statement')}` }
  const hits = commands.filter(({ lookups }) => lookups.some(({ outcome }) => outcome === 'hit'))
  if (hits.length > 0) return { tier: 'redis', events: hits, text: `redis: ${plural(hits.length, 'command')} with a hit` }
  return { tier: 'memory', events: [], text: 'memory: neither store gave an answer' }
}

/** What the outage hit, as far as it was asked on the wire. */
function struckEvents({ timeline }: OutageRun): readonly RecordedEvent[] {
  return timeline.filter(({ steered }) => steered?.endsWith('by an outage') === true).slice(0, 1)
}

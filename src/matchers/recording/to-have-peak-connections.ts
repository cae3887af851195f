import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount, readRange, type CountRange } from './count-range.js'
import { readCountable, requireSeenApplication } from './countable.js'
import { windowLine } from './recording-excerpt.js'

export interface PeakConnectionsOptions {
  /** @default 'postgres' */
  readonly store?: 'postgres' | 'redis'
}

const SHOWN = 8

/**
 * Passes when at most, or at least, so many connections to a store were open at the same time. Those that were open before the recording
 * began count.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no recording, or one that overlaps with another; and where there is none and the
 *   application has never come through the tap
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a range or store that is none
 */
export function toHavePeakConnections(received: unknown, range: CountRange, options: PeakConnectionsOptions = {}): MatcherVerdict {
  const recording = readCountable(received, 'toHavePeakConnections')
  const { holds, label } = readRange(range, 'toHavePeakConnections')
  checkOptionNames(options, ['store'], 'toHavePeakConnections()')
  const { store = 'postgres' } = options
  if (store !== 'postgres' && store !== 'redis') throw wrongOption('store', "'postgres' or 'redis'", store)
  const { peak, list } = recording.connections
  if (peak[store] === 0) requireSeenApplication(recording, 'toHavePeakConnections')
  const all = list.filter((one) => one.store === store)
  const opened = all.filter(({ openedAt }) => openedAt !== undefined).length
  const said = `At its peak the recording has ${formatCount(peak[store])} ${store} connection${peak[store] === 1 ? '' : 's'}`
  const refused = all.flatMap(({ refusal }) => refusal ?? [])
  const [refusal] = refused
  const evidence = (): readonly string[] => [
    windowLine(recording),
    ...(refusal === undefined ? [] : [`  ${formatCount(refused.length)} of them were not let in: ${refusal.code} ${refusal.message}`]),
    `  ${formatCount(opened)} opened while it was recorded, ${formatCount(all.length - opened)} before:`,
    ...all
      .slice(0, SHOWN)
      .map(
        ({ id, name, user, database, closedAt }) =>
          `    #${id}  ${[name, user, database].filter((part) => part !== '').join('  ')}  ${closedAt === undefined ? 'open at the end' : 'closed'}`,
      ),
    ...(all.length > SHOWN ? [`    … and ${formatCount(all.length - SHOWN)} more`] : []),
  ]
  return makeVerdict(
    holds(peak[store]),
    () => [`${said}, expected ${label}.`, ...evidence()],
    () => [`${said}, expected not ${label}.`, ...evidence()],
  )
}

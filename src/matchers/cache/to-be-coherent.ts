import { plural } from '../../primitives/plural.js'
import { describeEntry, isCacheComparison, type CacheComparison, type CacheEntry } from '../../keyspace/cache-comparison.js'
import { formatDuration } from '../../primitives/duration.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'

const SHOWN = 3

/**
 * Passes when every cached key holds what its loader gives now.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no comparison, one without a key, or one in which nothing differs and some keys could not be
 * compared
 */
export function toBeCoherent(received: unknown): MatcherVerdict {
  if (!isCacheComparison(received)) {
    throw wrongEvidence(
      received,
      'toBeCoherent',
      'a cache beside its source',
      "const cache = await suite.compareCache('product:*', loadProduct)",
    )
  }
  const { entries, pattern, totals } = received
  if (entries.length === 0) {
    throw unjudgeable(
      [`No key matched '${pattern}', so there is nothing to compare.`],
      "See what is there: String(await redis.inspect('*'))",
    )
  }
  const wrong = entries.filter(({ state }) => state === 'different' || state === 'orphaned')
  const open = entries.filter(({ state }) => state === 'unloaded' || state === 'unreadable')
  const keys = `${plural(entries.length, 'key')} like '${pattern}'`
  if (wrong.length === 0 && open.length > 0) {
    throw unjudgeable(
      [
        `${formatCount(open.length)} of ${keys} could not be compared, and ${totals.equal === 0 ? 'no other was' : 'the others are equal'}.`,
        ...lines(open),
      ],
      'Let the loader answer for every key, and decode read every value; or give a pattern that names only those.',
    )
  }
  return makeVerdict(
    wrong.length === 0,
    () => [
      `${formatCount(wrong.length)} of ${keys} ${wrong.length === 1 ? 'is' : 'are'} not what the loader says.`,
      ...lines(wrong),
      ...notCompared(received),
      '  What was written is in the source and not in the cache: invalidate after the COMMIT, and let no slow reader write back.',
    ],
    () => [`${entries.length === 1 ? `The ${keys.slice(2)} is` : `All ${keys} are`} what the loader says, and one should not be.`],
  )
}

function lines(entries: readonly CacheEntry[]): readonly string[] {
  const shown = entries.slice(0, SHOWN)
  const width = Math.max(...shown.map(({ key }) => key.length))
  return [
    ...shown.map((entry) => `  ✗ ${entry.key.padEnd(width)}  ${describeEntry(entry)}${remaining(entry)}`),
    ...(entries.length > SHOWN ? [`    … and ${formatCount(entries.length - SHOWN)} more`] : []),
  ]
}

function remaining({ state, ttlMs }: CacheEntry): string {
  if (state !== 'different' && state !== 'orphaned') return ''
  return ttlMs === 'persistent' ? ', for ever' : `, for another ${formatDuration(ttlMs)}`
}

function notCompared({ totals }: CacheComparison): readonly string[] {
  const count = totals.unloaded + totals.unreadable
  return count === 0
    ? []
    : [
        `  ${formatCount(count)} more could not be compared: ${formatCount(totals.unloaded)} by the loader, ${formatCount(totals.unreadable)} by what is cached.`,
      ]
}

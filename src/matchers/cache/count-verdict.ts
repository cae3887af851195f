import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount, readRange, type CountRange } from '../recording/count-range.js'
import { readCountable } from '../recording/countable.js'
import { windowLine } from '../recording/recording-excerpt.js'
import { countLookups, shareText } from './count-lookups.js'
import { hitLines, missLines } from './miss-lines.js'

/** The verdict of `toHaveCacheHits` and `toHaveCacheMisses`. */
export function countVerdict(
  received: unknown,
  { matcher, what }: { readonly matcher: string; readonly what: 'hits' | 'misses' },
  range: CountRange | undefined,
  options: unknown,
): MatcherVerdict {
  readCountable(received, matcher)
  const { holds, label } = readRange(range ?? { min: 1 }, matcher)
  const counted = countLookups(received, matcher, options)
  const { recording, misses } = counted
  const count = counted[what]
  const noun = count === 1 ? (what === 'hits' ? 'hit' : 'miss') : what
  const said = `${formatCount(count)} ${noun}${counted.label} (${shareText(counted)})`
  // Who wanted fewer hits wants to see them; whoever else wants to know what was missed, and why.
  const showsHits = misses === 0 || (what === 'hits' && holds(0))
  const evidence = (): readonly string[] => [windowLine(recording), ...(showsHits ? hitLines(counted) : missLines(counted))]
  return makeVerdict(
    holds(count),
    () => [`${said}, expected ${label}`, ...evidence()],
    () => [`${said}, expected not ${label}`, ...evidence()],
  )
}

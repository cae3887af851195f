import { isLoadComparison, printComparison } from '../../load/load-comparison.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'

export interface FasterOptions {
  /** How many times as fast at least. @default 1 */
  readonly ratio?: number
}

/**
 * Passes when the other of two that were compared is so many times as fast as the baseline: the whole interval of the ratio of their median
 * latencies lies at or above `ratio`. It fails when the whole interval lies below.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no comparison, when the interval has `ratio` within it, which tells neither way, and when
 *   requests of either failed, because an error is no fast answer
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a baseline that is none
 */
export function toBeFasterThan(received: unknown, baseline: 'a' | 'b', options: FasterOptions = {}): MatcherVerdict {
  if (!isLoadComparison(received)) {
    throw wrongEvidence(
      received,
      'toBeFasterThan',
      'the comparison of two loads',
      "const comparison = await suite.compareLoad(a, b, { rate: 200, for: '10s' })",
    )
  }
  if (baseline !== 'a' && baseline !== 'b') throw wrongOption('baseline', "'a' or 'b'", baseline)
  checkOptionNames(options, ['ratio'], 'toBeFasterThan()')
  const { ratio = 1 } = options
  if (!(ratio > 0 && Number.isFinite(ratio))) throw wrongOption('ratio', 'a number above 0', ratio)
  const other = baseline === 'a' ? 'b' : 'a'
  const { interval } = received
  const [low, high] = baseline === 'a' ? [interval.low, interval.high] : [1 / interval.high, 1 / interval.low]
  const found = baseline === 'a' ? received.ratio : 1 / received.ratio
  const said = `${other} is ${found.toPrecision(3)} times as fast as ${baseline} (${low.toPrecision(3)} to ${high.toPrecision(3)})`
  if (received.a.errors.length + received.b.errors.length > 0) {
    throw unjudgeable(
      ['Requests failed, and an error is no fast answer.', ...printComparison(received)],
      'Repair them first: suite.load(…) shows each kind.',
    )
  }
  if (low < ratio && high >= ratio) {
    throw unjudgeable(
      [`${said}, so ${ratio} can be neither met nor missed.`, ...printComparison(received)],
      'Compare for longer, or ask for a ratio that lies further away.',
    )
  }
  return makeVerdict(
    low >= ratio,
    () => [`${said}, expected at least ${ratio}.`, ...printComparison(received)],
    () => [`${said}, expected less than ${ratio}.`, ...printComparison(received)],
  )
}

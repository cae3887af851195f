import { isKneeReport, printKnee } from '../../load/knee/knee-report.js'
import { perSecond } from '../../load/load-words.js'
import { readRate, type Rate } from '../../load/rate.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'

/**
 * Passes when so many requests a second, `150` or `'4000/min'`, held while the knee was searched.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no knee, and for a rate that was not tried: above what was, or between the highest that held and
 *   the lowest that did not
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what is no rate
 */
export function toHandle(received: unknown, rate: Rate): MatcherVerdict {
  if (!isKneeReport(received))
    throw wrongEvidence(received, 'toHandle', 'the knee of a load', 'const knee = await suite.findKnee(() => …, { from: 20, upTo: 500 })')
  const wanted = readRate(rate, 'rate')
  const { knee = 0, broke = Infinity } = received
  if (wanted > knee && wanted < broke) {
    throw unjudgeable(
      [`Whether ${perSecond(wanted)} hold was not tried.`, ...printKnee(received)],
      broke === Infinity
        ? `Search further: findKnee(…, { upTo: '${Math.ceil(wanted)}/s' }).`
        : 'Search closer: findKnee(…, { precision: 0.05 }).',
    )
  }
  return makeVerdict(
    wanted <= knee,
    () => [`${perSecond(wanted)} were expected to hold.`, ...printKnee(received)],
    () => [`${perSecond(wanted)} were expected not to hold.`, ...printKnee(received)],
  )
}

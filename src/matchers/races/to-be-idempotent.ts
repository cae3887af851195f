import { wrongOption } from '../../primitives/options.js'
import { isAmbiguousCommit, type AmbiguousCommit, type CutRun } from '../../scenarios/commit-runs.js'
import { isLostAcknowledgement } from '../../scenarios/lost-acknowledgement.js'
import { outcomeText } from '../../wire/recording/race.js'
import { eventLines } from '../../wire/recording/print-recording.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { readCountable } from '../recording/countable.js'
import { judgeLostAcknowledgement } from './judge-lost-acknowledgement.js'

/**
 * Passes when a request whose commit was cut happened once, whether the server had carried it out or not: the effect of the run that was cut after
 * the commit is that of the run that was cut before it, where the server never got the first attempt. Of a job whose acknowledgement was lost, when the
 * second delivery changed nothing.
 *
 * @param effect a name of the effect, such as `'orders'`. @default every one
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is not from `suite.ambiguousCommit` or `suite.loseAcknowledgement`, or where nobody tried again
 */
export function toBeIdempotent(received: unknown, effect?: string): MatcherVerdict {
  const verb = "const race = await suite.ambiguousCommit(fn, { effect: 'SELECT count(*) AS orders FROM orders' })"
  if (isLostAcknowledgement(received)) {
    readCountable(received, 'toBeIdempotent')
    return judgeLostAcknowledgement(received, effect)
  }
  if (!isAmbiguousCommit(received)) throw wrongEvidence(received, 'toBeIdempotent', 'an ambiguous commit', verb)
  const race = received
  readCountable(race, 'toBeIdempotent')
  const [before, after] = race.runs
  const [first] = race.outcomes
  if (before === undefined || after === undefined) throw unjudgeable(['toBeIdempotent judges two runs, and there are fewer.'], verb)
  const names = Object.keys(before.effectAfter)
  if (effect !== undefined && !names.includes(effect)) throw wrongOption('effect', `one of ${names.join(', ')}`, effect)
  const judged = effect === undefined ? names : [effect]
  const once = (name: string): number => changeOf(before, name)
  if (first?.status !== 'fulfilled' || judged.every((name) => once(name) === 0)) {
    throw unjudgeable(
      [
        'toBeIdempotent compares with the run in which the server never got the first attempt, and that run had no effect: nobody tried again.',
        ...runLines(race, judged),
      ],
      'Let the function try again when its connection ends, as the caller of the application does.',
    )
  }
  const wrong = judged.filter((name) => changeOf(after, name) !== once(name))
  return makeVerdict(
    wrong.length === 0,
    () => [
      `The request is not idempotent: cut after the commit, ${wrong.map((name) => `${name} changed by ${changeOf(after, name)} instead of ${once(name)}`).join(', ')}.`,
      ...runLines(race, judged),
      ...retryLines(race, after),
      '  The client cannot tell a lost request from a lost reply: send a key of its own along, and insert it under a unique constraint in the same transaction.',
    ],
    () => [
      `The request is idempotent, expected that it is not: ${judged.map((name) => `${name} changed by ${once(name)} in both runs`).join(', ')}.`,
      ...runLines(race, judged),
    ],
  )
}

function changeOf({ effectBefore, effectAfter }: CutRun, name: string): number {
  return (effectAfter[name] ?? 0) - (effectBefore[name] ?? 0)
}

function runLines({ runs, outcomes, gate }: AmbiguousCommit, names: readonly string[]): readonly string[] {
  return runs.map((run, index) => {
    const changes = names.map((name) => `${name} ${run.effectBefore[name]} → ${run.effectAfter[name]}`).join(', ')
    const outcome = outcomes[index]
    return `  cut ${run.cut} the server ${run.cut === 'before' ? 'got' : 'had carried out'} ${gate.match}: ${changes}; ${outcome === undefined ? '' : outcomeText(outcome)}`
  })
}

/** What was sent in a run, around the cut. */
function retryLines({ timeline }: AmbiguousCommit, { from, to }: CutRun): readonly string[] {
  const sent = timeline.filter(({ start }) => start > from && start <= to)
  const cut = sent.filter(({ steered }) => steered?.startsWith('dropped') === true)
  return ['  timeline of the run that was cut after:', ...eventLines(sent.slice(0, 10), new Set(cut)).map((line) => `  ${line}`)]
}

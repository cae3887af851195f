import { wrongOption } from '../../primitives/options.js'
import type { LostAcknowledgement } from '../../scenarios/lost-acknowledgement.js'
import { eventLines } from '../../wire/recording/print-recording.js'
import { unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'

const SHOWN = 10

/** Passes when the second delivery of a job, whose first had its effect and no acknowledgement, changed nothing. */
export function judgeLostAcknowledgement(race: LostAcknowledgement, effect: string | undefined): MatcherVerdict {
  const { effects, job } = race
  const names = Object.keys(effects.once)
  if (effect !== undefined && !names.includes(effect)) throw wrongOption('effect', `one of ${names.join(', ')}`, effect)
  const judged = effect === undefined ? names : [effect]
  if (judged.every((name) => effects.once[name] === effects.before[name])) {
    throw unjudgeable(
      [
        `toBeIdempotent compares with the first delivery, and that had no effect: the job was to be acknowledged, and ${changes(race, judged, 'once')}.`,
      ],
      'Count what the job does, in what it has committed by then.',
    )
  }
  const wrong = judged.filter((name) => effects.again[name] !== effects.once[name])
  const lines = [
    `  ${job.queue} #${job.id} ${job.name} (${job.library})`,
    `  first delivery, not acknowledged: ${changes(race, judged, 'once')}`,
    `  second delivery: ${changes(race, judged, 'again')}`,
  ]
  return makeVerdict(
    wrong.length === 0,
    () => [
      `The job is not idempotent: its worker was gone before the acknowledgement, and the second delivery changed ${wrong.map((name) => `${name} again, ${effects.once[name]} → ${effects.again[name]}`).join(', ')}.`,
      ...lines,
      ...redeliveryLines(race),
      "  Jobs are delivered at least once: insert the job's key under a unique constraint, in the transaction of its effect, and send it along to a third party.",
    ],
    () => [`The job is idempotent, expected that it is not: the second delivery changed nothing.`, ...lines],
  )
}

function changes({ effects }: LostAcknowledgement, names: readonly string[], until: 'once' | 'again'): string {
  const from = until === 'once' ? effects.before : effects.once
  return names.map((name) => `${name} ${from[name]} → ${effects[until][name]}`).join(', ')
}

/** What was sent in both deliveries, the acknowledgements marked. */
function redeliveryLines({ timeline, returnedAt }: LostAcknowledgement): readonly string[] {
  const writes = timeline.filter((event) => event.store === 'postgres' || event.steered !== undefined)
  const second = writes.filter(({ start }) => start > returnedAt)
  const first = writes.slice(0, writes.length - second.length)
  const shown = [...first.slice(-SHOWN / 2), ...second.slice(0, SHOWN / 2)]
  const held = new Set(shown.filter(({ steered }) => steered?.startsWith('held') === true))
  return shown.length === 0
    ? []
    : ['  timeline, with the acknowledgement that was lost:', ...eventLines(shown, held).map((line) => `  ${line}`)]
}

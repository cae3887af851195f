import type { PlannedStep, Turn } from '../stepping.js'
import type { Candidate, StepPicker } from './step-candidate.js'

/** What a turn still has: after the start its first request, after a request its answer. */
type Open = { readonly participant: number; readonly point: number | undefined }

/** Whoever went last goes on, each request with its answer; the first of those that can when they cannot. */
function createContinuation(): StepPicker & {
  readonly note: (taken: Candidate, isTurn?: boolean) => Candidate
  readonly turn: StepPicker
} {
  let last: number | undefined
  let open: Open | undefined
  const note = (taken: Candidate, isTurn = true): Candidate => {
    last = taken.participant
    open = taken.kind === 'reply' || !isTurn ? undefined : { participant: taken.participant, point: taken.point }
    return taken
  }
  /** The rest of the turn that is open. */
  const turn = (candidates: readonly Candidate[]): Candidate | number => {
    const { participant, point } = open ?? {}
    open = undefined
    const rest = candidates.find((one) => one.participant === participant && (point === undefined || one.point === point))
    return rest === undefined ? 0 : note(rest)
  }
  const pick = (candidates: readonly Candidate[]): Candidate | number => {
    const rest = turn(candidates)
    if (typeof rest !== 'number') return rest
    const next = candidates.find(({ participant }) => participant === last) ?? candidates[0]
    return next === undefined ? 0 : note(next)
  }
  return Object.assign(pick, { note, turn })
}

/** @param turns what is not possible is left out */
export function createTurnsPicker(turns: readonly Turn[]): StepPicker {
  const onward = createContinuation()
  let at = 0
  return (candidates) => {
    const rest = onward.turn(candidates)
    if (typeof rest !== 'number') return rest
    while (at < turns.length) {
      const { participant: wanted, kind = 'turn' } = turns[at] ?? {}
      const own = candidates.filter(({ participant }) => participant === wanted)
      const found = own.find((one) => one.kind === (kind === 'turn' ? 'send' : kind))
      // Who has not begun, or has not been told an answer, cannot ask yet.
      const first = found ?? (kind === 'turn' || kind === 'send' ? own[0] : undefined)
      if (found !== undefined || first === undefined || (kind === 'turn' && first.kind === 'start')) at += 1
      if (first !== undefined) return onward.note(first, kind === 'turn')
    }
    return onward(candidates)
  }
}

/** Takes exactly these steps. A start that is not among them comes right before the first step of its participant. */
export function createStepsPicker(steps: readonly PlannedStep[]): StepPicker {
  const onward = createContinuation()
  let at = 0
  /** The request whose answer belongs to the same step. */
  let answerOf: number | undefined
  return (candidates) => {
    const planned = steps[at]
    if (planned === undefined) return onward(candidates)
    const own = candidates.filter(({ participant }) => participant === planned.participant)
    const start = own.find(({ kind }) => kind === 'start')
    if (start !== undefined) {
      if (planned.kind === 'start') at += 1
      return onward.note(start)
    }
    const isReply = planned.kind === 'reply' || answerOf !== undefined
    const fitting = own.filter(({ kind }) => kind === (isReply ? 'reply' : 'send'))
    const found =
      answerOf === undefined
        ? (fitting.find(({ text }) => text === planned.text) ?? onlySimilar(fitting, planned.text))
        : fitting.find(({ point }) => point === answerOf)
    if (found === undefined) return at
    if (planned.kind === 'turn' && answerOf === undefined) {
      answerOf = found.point
    } else {
      answerOf = undefined
      at += 1
    }
    return onward.note(found)
  }
}

/** Keys that are drawn anew in every run differ; the command does not. */
function onlySimilar(candidates: readonly Candidate[], text: string): Candidate | undefined {
  const [only, ...others] = candidates
  const isSimilar = only !== undefined && /^[A-Z]/.test(text) && only.text.split(' ', 1)[0] === text.split(' ', 1)[0]
  return isSimilar && others.length === 0 ? only : undefined
}

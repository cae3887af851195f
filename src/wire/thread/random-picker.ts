import { createDraws, createPermutation, randomKey } from '../../primitives/random.js'
import type { Candidate, StepPicker } from './step-candidate.js'

/** How often priorities change: drawn for each run, because how many steps a run has is not known before. */
const CHANGE_RATES = [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32] as const
const LAST = Number.MAX_SAFE_INTEGER

/**
 * Of who can go, whoever has the highest priority goes; at a few random steps that one becomes the last of all. So a run has few switches, at
 * random places, which finds bugs that need one or two of them sooner than a new choice at every step does: Burckhardt, Kothari, Musuvathi,
 * Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010. There the number of steps is known and
 * the number of changes fixed; here their rate is.
 */
export function createRandomPicker(seed: number, participants: number): StepPicker {
  const { unit, below } = createDraws(randomKey('explore', seed))
  const permute = createPermutation(participants, randomKey('explore', seed, 'priorities'))
  const order = Array.from({ length: participants }, (_, index) => permute(index) + 1)
  const rate = CHANGE_RATES[below(LAST, CHANGE_RATES.length)] ?? 1
  let step = 0

  const first = (candidates: readonly Candidate[]): number | undefined =>
    order.find((participant) => candidates.some((candidate) => candidate.participant === participant))

  return (candidates) => {
    step += 1
    const leading = first(candidates)
    if (leading !== undefined && unit(step, 1) < rate) order.push(...order.splice(order.indexOf(leading), 1))
    const chosen = first(candidates)
    const own = chosen === undefined ? candidates : candidates.filter(({ participant }) => participant === chosen)
    return own[below(step, own.length, 2)] ?? 0
  }
}

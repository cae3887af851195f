import type { LivePlan } from './live-statement.js'
import { foldNumbers } from './plan-message.js'

/** A plan as it came. */
export function startPlan(json: string, depth: number): LivePlan {
  return { shape: json, numbers: '', texts: '', depth, totals: undefined, times: 1 }
}

/** Takes its numbers out. `share` gives one text for equal shapes. */
export function foldPlan(plan: LivePlan, share: (text: string) => string): void {
  const { shape, numbers, texts } = foldNumbers(plan.shape)
  plan.shape = share(shape)
  plan.numbers = numbers
  plan.texts = texts
}

/**
 * Adds a plan. A nested one of the same shape is folded into the earlier one: an INSERT of 1,000 child rows sends 1,001 plans, of which 1,000
 * check the same foreign key. What is kept is the worst of them (the largest sum of its numbers), how many there were, and the totals.
 */
export function addPlan(plans: LivePlan[], arrived: LivePlan): void {
  const same = arrived.depth === 0 ? undefined : plans.find(({ shape, depth }) => shape === arrived.shape && depth === arrived.depth)
  if (same === undefined) {
    plans.push(arrived)
    return
  }
  const totals = numbersOf(same.totals ?? same.numbers)
  const more = numbersOf(arrived.totals ?? arrived.numbers)
  if (sum(numbersOf(arrived.numbers)) > sum(numbersOf(same.numbers))) {
    same.numbers = arrived.numbers
    same.texts = arrived.texts
  }
  same.totals = totals.map((total, at) => total + (more[at] ?? 0)).join()
  same.times += arrived.times
}

function numbersOf(text: string): readonly number[] {
  return text.split(',').map(Number)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

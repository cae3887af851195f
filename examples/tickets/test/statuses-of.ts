import type { Race } from 'hotbed'
import type { Answer } from './instances.js'

/** What both were answered, the lower status first: `201, 409`. */
export function statusesOf({ outcomes }: Race<Answer>): string {
  return outcomes
    .map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.status : 0))
    .toSorted((a, b) => a - b)
    .join(', ')
}

import { readRange, type ReadRange } from '../recording/count-range.js'

/** How many retries: `exactly 1 retry`, `at least 2 retries`. */
export function readRetryTimes(times: unknown): ReadRange {
  const { holds, label } = readRange(times, 'toRetry')
  return { holds, label: `${label} ${/\b1$/.test(label) ? 'retry' : 'retries'}` }
}

export function wasOrWere({ length }: readonly unknown[]): string {
  return length === 1 ? 'was' : 'were'
}

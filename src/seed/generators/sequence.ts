import type { Generator } from '../generator.js'
import { checkWhole, wrongArgument } from './argument.js'

export interface SequenceOptions {
  /** Value of the first row. @default 1 */
  readonly start?: number
  /** From one row to the next; negative counts down. @default 1 */
  readonly step?: number
}

/**
 * 1, 2, 3 … in the order of the rows.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` when an option is not a whole number
 */
export function sequence(options: SequenceOptions = {}): Generator<number> {
  const { start = 1, step = 1 } = options
  checkWhole('sequence', 'start', start)
  checkWhole('sequence', 'step', step)
  if (step === 0) throw wrongArgument('sequence', 'step', 'another number than 0', step)
  return {
    kind: 'sequence',
    spec: { kind: 'sequence', start, step },
    bind: ({ rows }) => ({ at: (row) => start + row * step, distinct: rows, isUnique: true, isSorted: step > 0 }),
  }
}

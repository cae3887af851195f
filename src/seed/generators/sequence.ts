import type { Generator } from '../generator.js'
import { checkWhole, wrongArgument } from './argument.js'

export interface SequenceOptions {
  /** Value of the first row. @default 1, and in a column of a table that has rows already the next after them */
  readonly start?: number
  /** From one row to the next; negative counts down. @default 1 */
  readonly step?: number
}

/**
 * 1, 2, 3 … in the order of the rows; in a table that has rows already, from the next number on.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` when an option is not a whole number
 */
export function sequence(options: SequenceOptions = {}): Generator<number> {
  const { start: given, step = 1 } = options
  if (given !== undefined) checkWhole('sequence', 'start', given)
  checkWhole('sequence', 'step', step)
  if (step === 0) throw wrongArgument('sequence', 'step', 'another number than 0', step)
  return {
    kind: 'sequence',
    spec: { kind: 'sequence', start: given, step },
    bind: ({ rows, schema }) => {
      const start = given ?? (step > 0 && schema?.existingMax !== undefined ? schema.existingMax + step : 1)
      return { at: (row) => start + row * step, distinct: rows, isUnique: true, isSorted: step > 0 }
    },
  }
}

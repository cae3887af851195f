import { errorFields } from '../../primitives/error-fields.js'
import { HotbedError, isHotbedError } from '../../primitives/error.js'

/** The error for a function of the dataset that threw; `what` says which function, `place` whose value. */
export function explainThrown(error: unknown, what: string, place: string, row: number): unknown {
  // A stack that overflows is a circle of derived columns, which is told elsewhere.
  if (isHotbedError(error) || error instanceof RangeError) return error
  return new HotbedError('ERR_HOTBED_DATASET', {
    message: `${what} threw for ${place}, row ${row.toLocaleString('en')}: ${errorFields(error).message}`,
    cause: error,
  })
}

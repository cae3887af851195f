import type { WeighedValues } from '../databases/template-dataset.js'
import { HotbedError } from '../primitives/error.js'
import { wrongOption } from '../primitives/options.js'
import type { BoundDataset } from './bind-dataset.js'

/** How many values travel to the test. */
const RANKED = 100

/**
 * The values of a column by how many rows have them: as its generator knows it, else counted over the rows.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_DATASET`
 */
export function weighValues(bound: BoundDataset, column: string): WeighedValues {
  if (typeof column !== 'string' || !/^[^.].*\.[^.]+$/.test(column))
    throw wrongOption('column', "a table and its column, such as 'orders.user_id'", column)
  const values = bound.hottest(column, Infinity)
  if (values.length === 0) throw new HotbedError('ERR_HOTBED_DATASET', { message: `No row of the dataset has a value in '${column}'.` })
  return {
    heaviest: values[0],
    median: values[Math.floor(values.length / 2)],
    lightest: values.at(-1),
    ranked: values.slice(0, RANKED),
    distinct: values.length,
  }
}

import { HotbedError } from '../primitives/error.js'
import { bindDataset, type BoundDataset } from './bind-dataset.js'
import type { DatasetTables } from './dataset.js'
import { checkRows } from './check-rows.js'
import { toDatasetContent, type DatasetContent } from './dataset-content.js'
import { introspect } from './introspect.js'
import { runLoad, withLoadSessions, type LoadOptions, type SeededDatabase } from './load.js'
import { findEarlierLoad } from './loaded-before.js'
import type { LoadTarget } from './load-session.js'
import { findTable } from './table-name.js'

/**
 * Continues a dataset in a database that was loaded with it: rows from the old count to the new one are added, earlier rows stay as they are.
 * What has grown can grow again.
 *
 * @example
 * await grow(suite.postgres, dataset, { orders: 2_000_000 })
 *
 * @param rows new total rows of the dataset, by table; tables that are left out stay as they are
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for fewer rows than before; `ERR_HOTBED_SEED` when the database does not hold the dataset
 */
export async function grow(
  target: LoadTarget | string,
  dataset: DatasetContent | DatasetTables,
  rows: Readonly<Record<string, number>>,
  options: LoadOptions = {},
): Promise<SeededDatabase> {
  const defined = toDatasetContent(dataset)
  return withLoadSessions(target, options, async (first, open, powers) => {
    const schema = await introspect(first)
    for (const [name, count] of Object.entries(rows)) checkRows(`grow.${findTable(schema, name).name}`, count)
    const earlier = await findEarlierLoad(first, defined, schema)
    if (earlier === undefined) {
      throw new HotbedError('ERR_HOTBED_SEED', {
        message: 'The database does not hold this dataset as it was loaded: rows are missing, were added or were changed.',
        remedy: 'Seed a fresh clone first, and grow it before anything else writes to it.',
      })
    }
    const { base, rows: present } = earlier
    const grown = new Map([...present].map(([id, has]) => [id, { from: has, to: has }]))
    for (const [name, to] of Object.entries(rows)) {
      // Complains about a table that the dataset does not have.
      base.count(name)
      const { id } = findTable(schema, name)
      const from = present.get(id) ?? 0
      if (to < from) {
        throw new HotbedError('ERR_HOTBED_DATASET', {
          message: `'${name}' has ${from.toLocaleString('en')} rows and cannot grow to ${to.toLocaleString('en')}.`,
        })
      }
      grown.set(id, { from, to })
    }
    const bound = await bindDataset(defined, base.schema, { grown })
    return runLoad(first, open, powers, withLiveTables(bound, schema), options)
  })
}

/** Values as they continue from before the first load; tables as they are now. */
function withLiveTables(grown: BoundDataset, schema: BoundDataset['schema']): BoundDataset {
  const tables = new Map([...grown.tables].map(([id, bound]) => [id, { ...bound, table: findTable(schema, id) }]))
  return { ...grown, schema, tables }
}

import { bindDataset } from './bind-dataset.js'
import type { DatasetTables } from './dataset.js'
import { toDatasetContent, type DatasetContent } from './dataset-content.js'
import { introspect } from './introspect.js'
import { withLoadSessions, type LoadOptions } from './load.js'
import type { LoadTarget } from './load-session.js'
import { planLoad, type LoadPlan } from './plan-dataset.js'
import { tryChecks } from './try-checks.js'

/**
 * Dry run of `seed`: everything that `seed` checks before it writes is checked, and nothing is written.
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` for what does not fit
 */
export async function planSeed(
  target: LoadTarget | string,
  dataset: DatasetContent | DatasetTables,
  options: Pick<LoadOptions, 'statistics' | 'triggers'> = {},
): Promise<LoadPlan> {
  return withLoadSessions(target, options, async (session, _, powers) => {
    const bound = await bindDataset(toDatasetContent(dataset), await introspect(session))
    for (const table of bound.tables.values()) await tryChecks(session, table)
    return planLoad(bound, powers, options.statistics ?? bound.dataset.statistics)
  })
}

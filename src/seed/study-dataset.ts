import type { DatasetStudy, DatasetTarget } from '../databases/template-dataset.js'
import type { BoundDataset } from './bind-dataset.js'
import type { DatasetContent } from './dataset-content.js'
import { introspect } from './introspect.js'
import { openLoadSession } from './load-session.js'
import { bindLoaded } from './loaded-before.js'
import { createProjector } from './project-dataset.js'
import { weighValues } from './weigh-values.js'

/**
 * Reads the schema once; from then on the rows are known without the database.
 *
 * @param target a database that was loaded with the dataset and holds nothing newer
 */
export async function studyDataset(target: DatasetTarget, content: DatasetContent): Promise<DatasetStudy> {
  const session = await openLoadSession(target.adminUrl)
  let bound: BoundDataset
  try {
    bound = await bindLoaded(content, await introspect(session))
  } finally {
    await session.close()
  }
  return { project: createProjector(bound), weigh: (column) => weighValues(bound, column) }
}

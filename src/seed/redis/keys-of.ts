import type { DatasetKeys, DatasetTarget } from '../../databases/template-dataset.js'
import type { BoundDataset } from '../bind-dataset.js'
import type { DatasetContent } from '../dataset-content.js'
import { introspect } from '../introspect.js'
import { openLoadSession } from '../load-session.js'
import { bindLoaded } from '../loaded-before.js'
import { bindEntries } from './bind-entries.js'
import { fingerprintEntries, needsTables } from './entries-fingerprint.js'
import { writeEntries } from './load-redis.js'

const STALL_MS = 60_000

/** The keys of a dataset, as a stack wants to know them. */
export function keysOf(content: DatasetContent): DatasetKeys {
  const { redis, seed, epochMs } = content
  return Object.freeze({
    fingerprint: () => fingerprintEntries(redis, { seed, epochMs }),
    needsTables: () => needsTables(redis, { seed, epochMs }),
    load: async (url, { tables, lifeBase }) => {
      const dataset = tables === undefined ? undefined : await bindTables(content, tables)
      const bound = await bindEntries(redis, { seed, epochMs, dataset })
      return { keys: (await writeEntries({ url }, bound, { stallMs: STALL_MS, lifeBase })).keys }
    },
  } satisfies DatasetKeys)
}

async function bindTables(content: DatasetContent, { adminUrl }: DatasetTarget): Promise<BoundDataset> {
  const session = await openLoadSession(adminUrl)
  try {
    return await bindLoaded(content, await introspect(session))
  } finally {
    await session.close()
  }
}

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { debug } from '../../primitives/debug.js'
import { wallClockMs } from '../../primitives/real-time.js'
import type { Engine } from './engine.js'
import { readImageRecord } from './image-record.js'
import { CACHE_LABEL, cacheLabel } from './labels.js'

/** An image is there before its record is. */
const BUILDING_MS = 600_000

/**
 * Removes saved images of which the cache directory has no record any more. Gives their names.
 *
 * @param minimumAgeMs of what may be in the making. @default ten minutes
 */
export async function sweepImages(
  { docker }: Engine,
  cacheDirectory: string,
  minimumAgeMs: number = BUILDING_MS,
): Promise<readonly string[]> {
  const images = await docker.listImages({ filters: { label: [`${CACHE_LABEL}=${cacheLabel(cacheDirectory)}`] } })
  const old = images.filter(({ Created }) => wallClockMs() - Created * 1000 >= minimumAgeMs)
  if (old.length === 0) return []
  const wanted = await readRecords(cacheDirectory)
  // An image on which others are built stays until they go; without its name already.
  const unwanted = old.flatMap(({ Id, RepoTags }) => RepoTags ?? [Id]).filter((name) => !wanted.has(name))
  for (const name of unwanted) {
    await docker
      .getImage(name)
      .remove()
      .catch((error: unknown) => debug('image %s not removed: %o', name, error))
  }
  return unwanted
}

async function readRecords(cacheDirectory: string): Promise<ReadonlySet<string>> {
  const clusters = await list(join(cacheDirectory, 'clusters'))
  const images = await list(join(cacheDirectory, 'images'))
  const records = await Promise.all([...clusters, ...images.map((path) => join(path, 'data'))].map(readImageRecord))
  return new Set(records.filter((tag) => tag !== undefined))
}

async function list(parent: string): Promise<readonly string[]> {
  return (await readdir(parent).catch(() => [])).map((name) => join(parent, name))
}

import { debug } from '../../primitives/debug.js'
import { openEngine, type Engine } from '../../servers/container/engine.js'
import { haveContainersBeenUsed, listLeftContainers, removeContainers } from '../../servers/container/sweep.js'
import { sweepImages } from '../../servers/container/sweep-images.js'

/** A container that goes. What it takes on the disk is the engine's affair. */
export interface ContainerRemoval {
  readonly path: string
  readonly why: string
  readonly bytes: number
}

/** Removes the containers of dead runs. `paths`: only those of these runs. */
export async function cleanContainers(
  engine: Engine | undefined,
  paths: readonly string[] | undefined,
  dryRun: boolean,
): Promise<readonly ContainerRemoval[]> {
  if (engine === undefined) return []
  const left = (await listLeftContainers(engine)).filter(({ run }) => paths === undefined || paths.includes(run))
  if (!dryRun) await removeContainers(engine, ({ id }) => left.some((container) => container.id === id))
  return left.map(({ id, image }) => ({ path: `container ${id.slice(0, 12)}`, why: `of ${image}; its run is gone`, bytes: 0 }))
}

/** Removes the images of the engine whose records are gone from the cache. */
export async function cleanImages(engine: Engine | undefined, cacheDirectory: string): Promise<void> {
  if (engine !== undefined) await sweepImages(engine, cacheDirectory, 0)
}

/** The engine, where containers have been used at all and it answers. */
export async function findUsedEngine(cacheDirectory: string): Promise<Engine | undefined> {
  if (!(await haveContainersBeenUsed(cacheDirectory))) return undefined
  return openEngine().catch((error: unknown) => {
    // With the engine its containers are gone, or they wait for the next run that uses it.
    debug('containers not looked for: %o', error)
    return undefined
  })
}

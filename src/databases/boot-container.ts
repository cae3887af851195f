import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createRunDirectory } from '../primitives/run-directory.js'
import { openEngine, type Engine } from '../servers/container/engine.js'
import { findContainerImage } from '../servers/container/image.js'
import { readImageRecord } from '../servers/container/image-record.js'
import { describeContainerLayout, startPostgresContainer } from '../servers/postgres/container/start.js'
import type { PostgresContainerOptions } from '../servers/server.js'
import { KILLABLE, type ImageBase, type ImageBooter, type Placement } from './boot-from-image.js'
import { requireKeepable } from './container-run.js'
import { imageData, type Image } from './image.js'
import type { PostgresGroupOptions } from './postgres-group.js'

/** The run's directory holds its stamp alone. */
const STAMP_BYTES = 1_048_576

/** Servers in containers: images are the engine's, and the cache directory says which are wanted. */
export async function prepareContainerBooter(server: PostgresContainerOptions, options: PostgresGroupOptions): Promise<ImageBooter> {
  const { cacheDirectory, stopwatch } = options
  const engine = await openEngine()
  const layout = await stopwatch.measure('look at the image of Postgres', () => describeContainerLayout(server, cacheDirectory))
  await forgetLostImages(engine, cacheDirectory, layout)
  return { layout, start: (placement, image, isSaved) => startContainer(engine, server, options, { placement, image, isSaved }) }
}

interface Start {
  readonly placement: Placement
  readonly image: Image | undefined
  readonly isSaved: boolean
}

async function startContainer(
  engine: Engine,
  server: PostgresContainerOptions,
  { cacheDirectory, stopwatch, isOfOneSuite = false }: PostgresGroupOptions,
  { placement, image, isSaved }: Start,
): Promise<ImageBase> {
  const directory = await createRunDirectory({ neededBytes: STAMP_BYTES, user: undefined })
  // What a suite may kill must outlive that: memory of a container does not.
  const inMemory = !placement.onDisk && !isOfOneSuite
  placement.used = { path: `The memory that ${engine.name} gives to a container`, inMemory, isChosen: false }
  try {
    const started = await stopwatch.measure(
      ({ version }) =>
        `start postgres ${version.text} (container, ${inMemory ? 'in memory' : 'on disk'}${image === undefined ? '' : ', saved image'})`,
      () =>
        startPostgresContainer(server, {
          run: directory.path,
          cacheDirectory,
          files: inMemory ? (isSaved ? 'saved in memory' : 'memory') : 'layer',
          preferences: isOfOneSuite ? KILLABLE : {},
          ...(image === undefined ? {} : { image: image.dataDirectory }),
        }),
    )
    return {
      server: started,
      inMemory,
      keep: (facts) => {
        requireKeepable(engine)
        directory.keep(facts)
      },
      close: async () => {
        await started.stop()
        await directory.remove()
      },
    }
  } catch (error) {
    await directory.remove()
    throw error
  }
}

/** Somebody may have tidied up the engine: what is noted and gone is made anew. */
async function forgetLostImages(engine: Engine, cacheDirectory: string, layout: string): Promise<void> {
  const parent = join(cacheDirectory, 'images')
  const names = (await readdir(parent).catch(() => [])).filter((name) => name.startsWith(`${layout}-`))
  await Promise.all(
    names.map(async (name) => {
      const tag = await readImageRecord(imageData(join(parent, name)))
      if (tag === undefined || (await findContainerImage(engine, tag)) !== undefined) return
      await rm(join(parent, name), { recursive: true, force: true })
    }),
  )
}

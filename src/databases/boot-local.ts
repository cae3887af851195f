import { dirname, join } from 'node:path'
import { readEnvironment } from '../primitives/environment.js'
import { makeOwnDirectory } from '../primitives/own-files.js'
import { createRunDirectory } from '../primitives/run-directory.js'
import { resolvePostgresBinaries, type PostgresBinaries } from '../servers/postgres/binaries.js'
import { explainChoice } from '../servers/postgres/extensions/lack.js'
import { describePostgresLayout } from '../servers/postgres/layout.js'
import { STREAMING } from '../servers/postgres/standby.js'
import { startPostgresServer } from '../servers/postgres/start.js'
import type { PostgresServerOptions, ServerPlace } from '../servers/server.js'
import { KILLABLE, type ImageBase, type ImageBooter, type Placement } from './boot-from-image.js'
import type { Image } from './image.js'
import type { PostgresGroupOptions } from './postgres-group.js'

/** Free bytes that a run directory must have beside the data. */
export const SPARE_BYTES: number = 384 * 1_048_576

/** Servers that are processes and files of ours. */
export async function prepareLocalBooter(server: PostgresServerOptions, options: PostgresGroupOptions): Promise<ImageBooter> {
  const binaries = await resolvePostgresBinaries(server, options)
  const { layout } = await describePostgresLayout(server, binaries, options)
  return { layout, start: (placement, image) => startLocal(server, options, placement, binaries, image) }
}

async function startLocal(
  server: PostgresServerOptions,
  options: PostgresGroupOptions,
  placement: Placement,
  binaries: PostgresBinaries,
  image: Image | undefined,
): Promise<ImageBase> {
  const { user, cacheDirectory, stopwatch, replicas = 0 } = options
  const directory = await createRunDirectory({
    neededBytes: (1 + replicas) * (SPARE_BYTES + 4 * (image?.bytes ?? 0)),
    user,
    onDisk: placement.onDisk,
  })
  const { inMemory } = directory
  placement.used = { path: dirname(directory.path), inMemory, isChosen: readEnvironment().runDirectory !== undefined }
  try {
    const makePlace = async (name: string): Promise<ServerPlace> => {
      const place = { directory: join(directory.path, name), user, runDirectory: directory.path }
      makeOwnDirectory(place.directory, user)
      return place
    }
    const place = await makePlace('postgres')
    const started = await stopwatch.measure(
      `start postgres ${binaries.version.text} (${binaries.provider}${explainChoice(binaries)}, ${inMemory ? 'in memory' : 'on disk'}${image === undefined ? '' : ', saved image'})`,
      () =>
        startPostgresServer(server, place, {
          binaries,
          cacheDirectory,
          preferences: { ...(options.isOfOneSuite === true ? KILLABLE : {}), ...(replicas > 0 ? STREAMING : {}) },
          ...(image === undefined ? {} : { image: image.dataDirectory }),
        }),
    )
    const close = async (): Promise<void> => {
      await started.stop()
      await directory.remove()
    }
    return { server: started, inMemory, makePlace, keep: directory.keep, close }
  } catch (error) {
    await directory.remove()
    throw error
  }
}

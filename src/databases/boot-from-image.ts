import { chown, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buildOnce } from '../primitives/build-once.js'
import { debug } from '../primitives/debug.js'
import { readEnvironment } from '../primitives/environment.js'
import { HotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'
import { createRunDirectory, type RunDirectory } from '../primitives/run-directory.js'
import { resolvePostgresBinaries, type PostgresBinaries } from '../servers/postgres/binaries.js'
import { describePostgresLayout } from '../servers/postgres/layout.js'
import { startPostgresServer } from '../servers/postgres/start.js'
import type { LocalPostgresServer, PostgresServerOptions } from '../servers/server.js'
import { DISK_FULL_REMEDY, isDiskFull } from './disk-full.js'
import { findImage, imageData, imageDirectory, pruneImages, writeImageFacts, type Image } from './image.js'
import { openAccess } from './postgres-access.js'
import type { BaseServer, OpenGroup, PostgresGroup, PostgresGroupOptions } from './postgres-group.js'
import { prepareTemplate } from './template.js'

/** Of a server whose files are ours. */
export interface ImageOptions extends PostgresGroupOptions {
  readonly server: PostgresServerOptions
}

/** Free bytes that a run directory must have beside the data. */
export const SPARE_BYTES: number = 384 * 1_048_576

/**
 * Starts a Postgres whose files are ours with every template of `plans` that can be kept: from the image that holds them all, if one was saved; else
 * from the best image there is, making what is missing and saving the result for the next run. Two processes that need the same image make it once.
 *
 * @param open makes a group of it, on whose way the disk may still become full
 */
export async function bootFromImage(options: ImageOptions, open: OpenGroup): Promise<PostgresGroup> {
  const used: Placement = { onDisk: false, directory: undefined }
  try {
    return await open(await startPlaced(options, used))
  } catch (error) {
    if (used.directory === undefined || !isDiskFull(error)) throw error
    const { path, inMemory } = used.directory
    if (inMemory && readEnvironment().runDirectory === undefined) {
      debug('%s is full, so the server goes to disk: %o', path, error)
      return open(await startPlaced(options, { onDisk: true, directory: undefined }))
    }
    throw new HotbedError('ERR_HOTBED_TEMPLATE', {
      message: `${dirname(path)} became full while the template was made. ${errorFields(error).message}`,
      remedy: DISK_FULL_REMEDY,
      cause: error,
    })
  }
}

/** Where the server's files have to be, and have been. */
interface Placement {
  readonly onDisk: boolean
  directory: RunDirectory | undefined
}

async function startPlaced(options: ImageOptions, placement: Placement): Promise<BaseServer> {
  const { plans, cacheDirectory } = options
  const kept = plans.filter((plan) => plan.cacheable && !plan.empty).map((plan) => plan.fingerprint)
  const binaries = await resolvePostgresBinaries(options.server, options)
  const { layout } = await describePostgresLayout(options.server, binaries, options)
  const found = kept.length === 0 ? undefined : await findImage(cacheDirectory, layout, kept)
  let base: LocalBase | undefined
  if (kept.every((name) => found?.templates.includes(name))) {
    base = await startServer(options, placement, binaries, found)
  } else {
    const directory = imageDirectory(cacheDirectory, layout, kept)
    await buildOnce(directory, async (building) => {
      const build = async (from: Image | undefined): Promise<void> => {
        base = await startServer(options, placement, binaries, from)
        await saveImage(base, building, options, from)
      }
      await build(found).catch(async (error: unknown) => {
        if (found === undefined || isDiskFull(error)) throw error
        // Roles belong to the whole cluster: those that the image's other templates brought may be in the way.
        debug('not made on a saved image: %o', error)
        await base?.close()
        await rm(building, { recursive: true, force: true })
        await build(undefined)
      })
    }).catch(async (error: unknown) => {
      await base?.close()
      throw error
    })
    await pruneImages(cacheDirectory).catch((error: unknown) => debug('images not pruned: %o', error))
    // Another process made the image while we waited for it.
    base ??= await startServer(options, placement, binaries, await findImage(cacheDirectory, layout, kept))
  }
  return base
}

/**
 * A commit that was acknowledged survives the end of the processes, as in production: its log is with the operating system then, which stays up.
 * Without, a kill would lose the last 0.6 s.
 */
const KILLABLE = { synchronous_commit: true }

interface LocalBase extends BaseServer {
  readonly server: LocalPostgresServer
}

async function startServer(
  options: ImageOptions,
  placement: Placement,
  binaries: PostgresBinaries,
  image: Image | undefined,
): Promise<LocalBase> {
  const { user, cacheDirectory, stopwatch } = options
  const directory = await createRunDirectory({
    neededBytes: SPARE_BYTES + 4 * (image?.bytes ?? 0),
    user,
    onDisk: placement.onDisk,
  })
  placement.directory = directory
  try {
    const place = {
      directory: join(directory.path, 'postgres'),
      user,
      runDirectory: directory.path,
    }
    await mkdir(place.directory, { mode: 0o700 })
    if (user !== undefined) await chown(place.directory, user.uid, user.gid)
    const server = await stopwatch.measure(
      `start postgres ${binaries.version.text} (${binaries.provider}, ${directory.inMemory ? 'in memory' : 'on disk'}${image === undefined ? '' : ', saved image'})`,
      () =>
        startPostgresServer(options.server, place, {
          binaries,
          cacheDirectory,
          preferences: options.isOfOneSuite === true ? KILLABLE : {},
          ...(image === undefined ? {} : { image: image.dataDirectory }),
        }),
    )
    const close = async (): Promise<void> => {
      await server.stop()
      await directory.remove()
    }
    return { server, inMemory: directory.inMemory, keep: directory.keep, close }
  } catch (error) {
    await directory.remove()
    throw error
  }
}

async function saveImage(base: LocalBase, building: string, options: ImageOptions, found: Image | undefined): Promise<void> {
  const { plans, stopwatch } = options
  const cacheable = plans.filter((plan) => plan.cacheable && !plan.empty)
  const access = await openAccess(base.server)
  let bytes = found?.bytes ?? 0
  for (const plan of cacheable) {
    const template = await prepareTemplate(access, plan, stopwatch)
    bytes += template.bytes
  }
  await access.close()
  await stopwatch.measure('save the image for the next run', async () => {
    await mkdir(building)
    await base.server.files.saveImage(imageData(building))
    const templates = new Set([...(found?.templates ?? []), ...cacheable.map((plan) => plan.fingerprint)])
    await writeImageFacts(building, [...templates], bytes)
  })
}

import { rm } from 'node:fs/promises'
import { buildOnce } from '../primitives/build-once.js'
import { debug } from '../primitives/debug.js'
import { HotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'
import { makePassableDirectory } from '../primitives/own-files.js'
import type { PostgresImages, PostgresServer } from '../servers/server.js'
import { DISK_FULL_REMEDY, isDiskFull } from './disk-full.js'
import { findImage, imageData, imageDirectory, pruneImages, writeImageFacts, type Image } from './image.js'
import { openAccess } from './postgres-access.js'
import type { BaseServer, OpenGroup, PostgresGroup, PostgresGroupOptions } from './postgres-group.js'
import { prepareTemplate } from './template.js'

/** How a provider has servers that start from images. */
export interface ImageBooter {
  /** Of the servers that it starts: images of the same layout fit. */
  readonly layout: string
  /** @param isSaved its templates are going to be saved */
  readonly start: (placement: Placement, image: Image | undefined, isSaved: boolean) => Promise<ImageBase>
}

/** Where a server's files have to be, and have been. */
export interface Placement {
  readonly onDisk: boolean
  /** The last place that was tried. */
  used: { readonly path: string; readonly inMemory: boolean; readonly isChosen: boolean } | undefined
}

/** A server that can be saved. */
export interface ImageBase extends BaseServer {
  readonly server: PostgresServer & { readonly images: PostgresImages }
}

/**
 * A commit that was acknowledged survives the end of the processes, as in production: its log is with the operating system then, which stays up.
 * Without, a kill would lose the last 0.6 s.
 */
export const KILLABLE: Readonly<Record<string, boolean>> = { synchronous_commit: true }

/**
 * Starts a Postgres of ours with every template of `plans` that can be kept: from the image that holds them all, if one was saved; else
 * from the best image there is, making what is missing and saving the result for the next run. Two processes that need the same image make it once.
 *
 * @param prepare finds out what is needed to start, once
 * @param open makes a group of it, on whose way the disk may still become full
 */
export async function bootFromImage(
  options: PostgresGroupOptions,
  prepare: () => Promise<ImageBooter>,
  open: OpenGroup,
): Promise<PostgresGroup> {
  const booter = await prepare()
  const first: Placement = { onDisk: false, used: undefined }
  try {
    return await open(await startPlaced(options, booter, first))
  } catch (error) {
    if (first.used === undefined || !isDiskFull(error)) throw error
    const { path, inMemory, isChosen } = first.used
    if (inMemory && !isChosen) {
      debug('%s is full, so the server goes to disk: %o', path, error)
      return open(await startPlaced(options, booter, { onDisk: true, used: undefined }))
    }
    throw new HotbedError('ERR_HOTBED_TEMPLATE', {
      message: `${path} became full while the template was made. ${errorFields(error).message}`,
      remedy: DISK_FULL_REMEDY,
      cause: error,
    })
  }
}

async function startPlaced(options: PostgresGroupOptions, booter: ImageBooter, placement: Placement): Promise<BaseServer> {
  const { plans, cacheDirectory } = options
  const { layout } = booter
  const kept = plans.filter((plan) => plan.cacheable && !plan.empty).map((plan) => plan.fingerprint)
  const found = kept.length === 0 ? undefined : await findImage(cacheDirectory, layout, kept)
  let base: ImageBase | undefined
  if (kept.every((name) => found?.templates.includes(name))) {
    base = await booter.start(placement, found, false)
  } else {
    const directory = imageDirectory(cacheDirectory, layout, kept)
    await buildOnce(directory, async (building) => {
      const build = async (from: Image | undefined): Promise<void> => {
        base = await booter.start(placement, from, true)
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
    base ??= await booter.start(placement, await findImage(cacheDirectory, layout, kept), false)
  }
  return base
}

async function saveImage(base: ImageBase, building: string, options: PostgresGroupOptions, found: Image | undefined): Promise<void> {
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
    makePassableDirectory(building)
    await base.server.images.save(imageData(building))
    const templates = new Set([...(found?.templates ?? []), ...cacheable.map((plan) => plan.fingerprint)])
    await writeImageFacts(building, [...templates], bytes)
  })
}

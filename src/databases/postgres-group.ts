import { chown, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buildOnce } from '../primitives/build-once.js'
import { debug } from '../primitives/debug.js'
import { readEnvironment } from '../primitives/environment.js'
import { HotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'
import { createRunDirectory, type RunDirectory } from '../primitives/run-directory.js'
import type { Stopwatch } from '../primitives/stopwatch.js'
import type { ProcessUser } from '../primitives/supervised-process.js'
import { resolvePostgresBinaries, type PostgresBinaries } from '../servers/postgres/binaries.js'
import { explainChoice } from '../servers/postgres/extensions/lack.js'
import { describePostgresLayout } from '../servers/postgres/layout.js'
import { startPostgresServer } from '../servers/postgres/start.js'
import type { PostgresServer, PostgresServerOptions } from '../servers/server.js'
import { DISK_FULL_REMEDY, isDiskFull } from './disk-full.js'
import { findImage, imageData, imageDirectory, pruneImages, writeImageFacts, type Image } from './image.js'
import { openAccess, type PostgresAccess } from './postgres-access.js'
import { watchServer, type ServerExit } from './server-exit.js'
import { findTemplate, makeTemplate, type Template, type TemplatePlan } from './template.js'

/** A started Postgres with the templates that its suites are cloned from. */
export interface PostgresGroup {
  readonly access: PostgresAccess
  /** By fingerprint. */
  readonly templates: ReadonlyMap<string, Template>
  /** True when the files are in memory. */
  readonly inMemory: boolean
  /** One suite has the server alone. */
  readonly isOfOneSuite: boolean
  /** From now on `close` leaves the server up. `facts` are for whoever ends it later. */
  readonly keep: (facts: object) => void
  /** True once the server has ended, whoever ended it. */
  readonly hasEnded: () => boolean
  /** Ends the server and removes its files. */
  readonly close: () => Promise<void>
}

export interface PostgresGroupOptions {
  readonly server: PostgresServerOptions
  readonly plans: readonly TemplatePlan[]
  readonly cacheDirectory: string
  readonly user: ProcessUser | undefined
  readonly stopwatch: Stopwatch
  /** One suite has the server alone, so a test may kill it. @default false */
  readonly isOfOneSuite?: boolean | undefined
  /** Called when the server ends by itself. */
  readonly onServerExit?: ((exit: ServerExit) => void) | undefined
}

/** Free bytes that a run directory must have beside the data. */
export const SPARE_BYTES: number = 384 * 1_048_576

/**
 * Starts Postgres with every template of `plans`: from the image that holds them all, if one was saved; else from the best image there is,
 * making what is missing and saving the result for the next run. Two processes that need the same image make it once.
 */
export async function startPostgresGroup(options: PostgresGroupOptions): Promise<PostgresGroup> {
  const used: Placement = { onDisk: false, directory: undefined }
  try {
    return await startPlaced(options, used)
  } catch (error) {
    if (used.directory === undefined || !isDiskFull(error)) throw error
    const { path, inMemory } = used.directory
    if (inMemory && readEnvironment().runDirectory === undefined) {
      debug('%s is full, so the server goes to disk: %o', path, error)
      return startPlaced(options, { onDisk: true, directory: undefined })
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

async function startPlaced(options: PostgresGroupOptions, placement: Placement): Promise<PostgresGroup> {
  const { plans, cacheDirectory } = options
  const kept = plans.filter((plan) => plan.cacheable && !plan.empty).map((plan) => plan.fingerprint)
  const binaries = await resolvePostgresBinaries(options.server, options)
  const { layout } = await describePostgresLayout(options.server, binaries, options)
  const found = kept.length === 0 ? undefined : await findImage(cacheDirectory, layout, kept)
  let base: BaseServer | undefined
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
  return openGroup(base, options)
}

/**
 * A commit that was acknowledged survives the end of the processes, as in production: its log is with the operating system then, which stays up.
 * Without, a kill would lose the last 0.6 s.
 */
const KILLABLE = { synchronous_commit: true }

/** A server before its templates are looked at. */
interface BaseServer {
  readonly server: PostgresServer
  readonly directory: RunDirectory
  readonly close: () => Promise<void>
}

async function startServer(
  options: PostgresGroupOptions,
  placement: Placement,
  binaries: PostgresBinaries,
  image: Image | undefined,
): Promise<BaseServer> {
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
      `start postgres ${binaries.version.text} (${binaries.provider}${explainChoice(binaries)}, ${directory.inMemory ? 'in memory' : 'on disk'}${image === undefined ? '' : ', saved image'})`,
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
    return { server, directory, close }
  } catch (error) {
    await directory.remove()
    throw error
  }
}

async function saveImage(base: BaseServer, building: string, options: PostgresGroupOptions, found: Image | undefined): Promise<void> {
  const { plans, stopwatch } = options
  const cacheable = plans.filter((plan) => plan.cacheable && !plan.empty)
  const access = await openAccess(base.server)
  let bytes = found?.bytes ?? 0
  for (const plan of cacheable) {
    const template = (await findTemplate(access.admin, plan)) ?? (await makeTemplate(access, plan, stopwatch))
    bytes += template.bytes
  }
  await access.close()
  await stopwatch.measure('save the image for the next run', async () => {
    await mkdir(building)
    await base.server.saveImage(imageData(building))
    const templates = new Set([...(found?.templates ?? []), ...cacheable.map((plan) => plan.fingerprint)])
    await writeImageFacts(building, [...templates], bytes)
  })
}

async function openGroup(
  base: BaseServer,
  { plans, stopwatch, isOfOneSuite = false, onServerExit }: PostgresGroupOptions,
): Promise<PostgresGroup> {
  const { server, directory } = base
  let kept = false
  try {
    const access = await stopwatch.measure('connect', () => openAccess(server))
    const templates = new Map<string, Template>()
    for (const plan of plans) {
      const template = (await findTemplate(access.admin, plan)) ?? (await makeTemplate(access, plan, stopwatch))
      templates.set(plan.fingerprint, template)
    }
    let hasEnded = false
    void server.exited.then(() => (hasEnded = true))
    const unwatch = watchServer('postgres', server, onServerExit)
    return {
      access,
      templates,
      inMemory: directory.inMemory,
      isOfOneSuite,
      hasEnded: () => hasEnded,
      keep: (facts) => {
        kept = true
        directory.keep(facts)
      },
      close: async () => {
        unwatch()
        await access.close()
        if (kept) server.leave()
        else await base.close()
      },
    }
  } catch (error) {
    await base.close()
    throw error
  }
}

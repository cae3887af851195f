import type { Client } from 'pg'
import { resolveCacheDirectory } from '../../../primitives/cache-directory.js'
import { withDeadline } from '../../../primitives/deadline.js'
import { HotbedError } from '../../../primitives/error.js'
import { fingerprint } from '../../../primitives/fingerprint.js'
import { createContainer, type ContainerSpec } from '../../container/container.js'
import { openEngine, type Engine } from '../../container/engine.js'
import { sweepOnce } from '../../container/sweep.js'
import type { PostgresContainerOptions } from '../../server.js'
import { makePassword } from '../access.js'
import type { TriedBoot } from '../boot-failure.js'
import { checkSettings, defaultSettings, type Settings } from '../settings.js'
import { mergeSettings } from '../settings-file.js'
import { verifySettings } from '../verify-settings.js'
import { bootContainer, POSTGRES_PORT } from './boot.js'
import { postgresCommand, prepareContainerCluster, type ContainerCluster } from './cluster.js'
import { defaultPostgresImage } from './default-image.js'
import { openContainerServer, type BootFrom, type ContainerPostgresServer, type FilesPlace } from './running-server.js'
import { requireSavedFiles } from './saved-files.js'
import { accessFile, ACCESS_FILE, BOOT_SCRIPT, MEMORY, SAVED_CLUSTER, settingArguments } from './scripts.js'

/** How a container is started, apart from what is in it. */
export interface PostgresContainerStart {
  /** The directory of the run that it belongs to. */
  readonly run: string
  /** A directory of the cache that `saveImage` has made under the same layout. @default the cluster of the image */
  readonly image?: string | undefined
  /** @default resolveCacheDirectory() */
  readonly cacheDirectory?: string | undefined
  /** For the server to answer. @default 60_000 */
  readonly startTimeoutMs?: number | undefined
  /** What files in memory may take. @default what the engine's machine gives, half of its memory */
  readonly memoryBytes?: number | undefined
  /** @default findContainerPort */
  readonly findPort?: (() => Promise<number>) | undefined
  /** Weaker than the settings of the server, stronger than those of every server. No part of its layout. @default none */
  readonly preferences?: Settings | undefined
  /**
   * Where the files are: in memory, or in the container's own layer, where they outlive its end and can be saved. `saved in memory`: they are to be saved,
   * and go on in memory then. @default 'memory'
   */
  readonly files?: FilesPlace | undefined
}

const START_MS = 60_000
const DESCRIBE_MS = 30_000
/** Raised when saved images are made in another way. */
const IMAGE_FORMAT = 1

/** The layout of the servers that these options give: those with equal layouts can start from each other's images. Makes the cluster when it is missing. */
export async function describeContainerLayout(options: PostgresContainerOptions, cacheDirectory: string): Promise<string> {
  return layoutOf(options, await findCluster(await openEngine(), options, cacheDirectory))
}

/**
 * Starts Postgres in a container.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_CONTAINER`, `ERR_HOTBED_POSTGRES_…`
 */
export async function startPostgresContainer(
  options: PostgresContainerOptions,
  start: PostgresContainerStart,
): Promise<ContainerPostgresServer> {
  const { settings = {} } = options
  checkSettings(settings)
  // Takes 30 ms here, while the engine works for us. A failure shows when it is needed.
  import('pg').catch(() => {})
  const engine = await openEngine()
  const cacheDirectory = start.cacheDirectory ?? resolveCacheDirectory()
  sweepOnce(engine, cacheDirectory)
  const cluster = await findCluster(engine, options, cacheDirectory)
  const files = start.image === undefined ? cluster : await requireSavedFiles(engine, start.image)
  const boot = describeBoot(engine, cluster, options, start)
  const adminPassword = makePassword()
  const setUp = async (client: Client): Promise<void> => {
    // What the saved files have is known to whoever can read the image.
    await client.query(`ALTER ROLE postgres PASSWORD '${adminPassword}'`)
    await verifySettings(client, settings, undefined)
  }
  const place = start.files ?? 'memory'
  return openContainerServer({
    booted: await bootContainer(boot(files, place === 'memory'), setUp),
    boot,
    place,
    adminPassword,
    setUp,
    layout: layoutOf(options, cluster),
    facts: cluster.facts,
    cacheDirectory,
  })
}

async function findCluster(engine: Engine, options: PostgresContainerOptions, cacheDirectory: string): Promise<ContainerCluster> {
  const { version: wanted, locale, image = defaultPostgresImage(wanted) } = options
  const cluster = await prepareContainerCluster(engine, { image, locale }, cacheDirectory)
  const { major } = cluster.facts.version
  if (wanted === undefined || wanted === major) return cluster
  throw new HotbedError('ERR_HOTBED_POSTGRES_NOT_FOUND', {
    message: `The image '${image}' is Postgres ${major}, wanted is ${wanted}.`,
    remedy: "Name another image, or leave 'version' out.",
  })
}

function layoutOf({ settings }: PostgresContainerOptions, { key, facts }: ContainerCluster): string {
  return `${facts.version.text}-${fingerprint({ format: IMAGE_FORMAT, container: key, settings })}`
}

/** Makes the start of a container out of an image with files. */
function describeBoot(
  engine: Engine,
  { facts }: ContainerCluster,
  { settings = {}, extensions }: PostgresContainerOptions,
  { preferences = {}, memoryBytes, run, findPort, startTimeoutMs = START_MS }: PostgresContainerStart,
): BootFrom {
  const { version, libraries, preloaded, entrypoint, command } = facts
  const defaults = defaultSettings(version.major, libraries, extensions)
  const preload = [...preloaded, ...String(defaults['shared_preload_libraries'] ?? '').split(',')].filter((name) => name !== '')
  const merged = mergeSettings([
    defaults,
    // What the image preloads, its extensions need.
    preload.length === 0 ? {} : { shared_preload_libraries: [...new Set(preload)].join() },
    preferences,
    settings,
    {
      port: POSTGRES_PORT,
      listen_addresses: '*',
      hba_file: ACCESS_FILE,
      lc_messages: 'C',
      log_destination: 'stderr',
      logging_collector: false,
    },
  ])
  const spec: Omit<ContainerSpec, 'ports' | 'image'> = {
    entrypoint: ['/bin/sh', '-c', BOOT_SCRIPT, 'hotbed', ...entrypoint],
    command: [...postgresCommand(command), ...settingArguments(merged)],
    environment: { HOTBED_ACCESS: accessFile(version.major) },
    run,
  }
  return ({ tag: image, password }, inMemory) => {
    const tried: TriedBoot = {
      version: version.text,
      settings,
      timeoutMs: startTimeoutMs,
      describeConfig: () => describeConfig(engine, { ...spec, image }),
    }
    const environment = { ...spec.environment, PGDATA: inMemory ? `${MEMORY}/data` : SAVED_CLUSTER }
    return {
      engine,
      spec: { ...spec, image, environment, memory: inMemory ? [{ path: MEMORY, bytes: memoryBytes }] : [] },
      password,
      tried,
      findPort,
    }
  }
}

async function describeConfig(engine: Engine, spec: Omit<ContainerSpec, 'ports'>): Promise<string> {
  const container = await createContainer(engine, { ...spec, entrypoint: ['postgres'], command: ['--describe-config'], memory: [] })
  try {
    const life = await container.start()
    await withDeadline(life.exited, DESCRIBE_MS, 'the list of settings')
    return life.lastLog(Number.MAX_SAFE_INTEGER).join('\n')
  } finally {
    await container.remove()
  }
}

import { chmodSync, chownSync, existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from 'pg'
import { resolveCacheDirectory } from '../../primitives/cache-directory.js'
import { HotbedError } from '../../primitives/error.js'
import { makeOwnDirectory } from '../../primitives/own-files.js'
import { shellQuote } from '../../primitives/shell-quote.js'
import { createServerClock, type ServerClock } from '../clock/server-clock.js'
import type { LocalPostgresServer, PostgresServerOptions, ServerPlace } from '../server.js'
import { makePassword, writeAccessFile } from './access.js'
import { connectAsAdmin } from './admin-client.js'
import { resolvePostgresBinaries, type PostgresBinaries } from './binaries.js'
import { bootPostgres, type BootOptions } from './boot.js'
import { describeUnpacking, VERSION_FILE, type Unpacking } from './cluster-archive.js'
import { prepareClusterImage } from './cluster-image.js'
import { copyCluster } from './copy-cluster.js'
import type { CountedClient } from './counted-client.js'
import { chooseCopyMethod } from './copy-method.js'
import { describePostgresLayout } from './layout.js'
import { openPostgresServer } from './running-server.js'
import { checkSettings, defaultSettings, type Settings } from './settings.js'
import { SETTINGS_FILE, writeSettingsFile } from './settings-file.js'
import { checkSocketPath } from './socket-path.js'
import { verifySettings } from './verify-settings.js'

/** How a server is started, apart from what it is. */
export interface PostgresStart {
  /** Directory of a stopped cluster to boot from, made by `saveImage` under the same layout. @default what initdb made, from the cache */
  readonly image?: string | undefined
  /** @default resolveCacheDirectory() */
  readonly cacheDirectory?: string | undefined
  /** Binaries that were resolved before. @default resolved now */
  readonly binaries?: PostgresBinaries | undefined
  /** For the server to accept connections. @default 60_000 */
  readonly startTimeoutMs?: number | undefined
  /** Finds a port that is free just now. @default findFreePort */
  readonly findPort?: (() => Promise<number>) | undefined
  /** Weaker than the settings of the server, stronger than those of every server. No part of its layout. @default none */
  readonly preferences?: Settings | undefined
}

/**
 * Starts a Postgres in `place.directory`, which is removed with it, also when the start fails.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`, `ERR_HOTBED_RUN_DIRECTORY`, `ERR_HOTBED_POSTGRES_…`
 */
export async function startPostgresServer(
  options: PostgresServerOptions,
  place: ServerPlace,
  start: PostgresStart = {},
): Promise<LocalPostgresServer> {
  const { settings = {} } = options
  try {
    checkSettings(settings)
    checkSocketPath(place.directory)
    const cacheDirectory = start.cacheDirectory ?? resolveCacheDirectory()
    const context = { user: place.user, cacheDirectory }
    // Takes 30 ms here, while other processes work for us. A failure shows when it is needed.
    import('pg').catch(() => {})
    const binaries = start.binaries ?? (await resolvePostgresBinaries(options, context))
    const layout = await describePostgresLayout(options, binaries, context)
    const image = start.image ?? (await prepareClusterImage(binaries, layout, place, cacheDirectory))
    const { preferences = {} } = start
    const defaults = defaultSettings(binaries.version.major, binaries.libraries, options.extensions)
    const layers = { defaults, chosen: [preferences, settings] }
    const configuration: Configuration = { binaries, place, settings, layers, cacheDirectory, adminPassword: makePassword() }
    const [clock, unpacking] = await Promise.all([
      options.clock === 'movable' ? createServerClock(place.directory, cacheDirectory) : MACHINE_CLOCK,
      prepareData(configuration, image),
    ])
    const environment = 'environment' in clock ? clock.environment : undefined
    const boot: BootOptions = {
      binaries,
      place,
      settings,
      timeoutMs: start.startTimeoutMs ?? 60_000,
      findPort: start.findPort,
      environment,
    }
    const booted = await bootPostgres(boot, unpacking)
    const session = await setUp(configuration, booted.port).catch(async (error: unknown) => {
      await booted.supervised.stop()
      throw error
    })
    return openPostgresServer({ boot, booted, session, layout, adminPassword: configuration.adminPassword, clock })
  } catch (error) {
    await rm(place.directory, { recursive: true, force: true, maxRetries: 3 })
    throw error
  }
}

const MACHINE_CLOCK: ServerClock = {
  why: "now() is the time of the machine; postgres: { clock: 'movable' } with isolation: 'server' gives the suite a Postgres whose clock can be moved",
}

interface Configuration {
  readonly binaries: PostgresBinaries
  readonly place: ServerPlace
  readonly settings: Settings
  /** What is written, besides how files are copied; the later is stronger. */
  readonly layers: { readonly defaults: Settings; readonly chosen: readonly Settings[] }
  readonly cacheDirectory: string
  readonly adminPassword: string
}

/** Copies the image, or says how it is unpacked, and writes what the server reads when it starts. */
async function prepareData({ binaries, place, layers, cacheDirectory }: Configuration, image: string): Promise<Unpacking | undefined> {
  const { directory, user } = place
  const data = join(directory, 'data')
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
  chmodSync(directory, 0o700)
  const { version } = binaries
  checkImage(image, version.major)
  const unpacking = describeUnpacking(image, data)
  if (unpacking === undefined) await copyCluster(image, data, user)
  else makeOwnDirectory(data, user)
  const copyMethod = (await chooseCopyMethod(binaries, directory, cacheDirectory)) ?? {}
  writeSettingsFile(data, [layers.defaults, copyMethod, ...layers.chosen], user)
  writeAccessFile(data, version.major, user)
  return unpacking
}

function checkImage(image: string, major: number): void {
  const file = join(image, VERSION_FILE)
  const found = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  if (found?.trim() === String(major)) return
  throw new HotbedError('ERR_HOTBED_POSTGRES_START', {
    message: `Postgres ${major} cannot start from ${image}, which is ${found === undefined ? 'no cluster' : `a cluster of Postgres ${found.trim()}`}.`,
    remedy: `Remove it: rm -rf ${shellQuote(image)}`,
  })
}

/** What only a running server can be told. */
async function setUp(configuration: Configuration, port: number): Promise<CountedClient> {
  const { place, settings, adminPassword } = configuration
  const client = await connectAsAdmin({ socketDirectory: place.directory, port })
  try {
    await client.query(`ALTER ROLE postgres PASSWORD '${adminPassword}'`)
    await verifySettings(client, settings, join(place.directory, 'data', SETTINGS_FILE))
    await learnCopyMethod(configuration, client)
    client.unref()
    return client
  } catch (error) {
    await client.end()
    throw error
  }
}

async function learnCopyMethod({ binaries, place, layers, cacheDirectory }: Configuration, client: Client): Promise<void> {
  const { directory, user } = place
  if ((await chooseCopyMethod(binaries, directory, cacheDirectory)) !== undefined) return
  const copyMethod = (await chooseCopyMethod(binaries, directory, cacheDirectory, client)) ?? {}
  writeSettingsFile(join(directory, 'data'), [layers.defaults, copyMethod, ...layers.chosen], user)
  await client.query('SELECT pg_reload_conf()')
}

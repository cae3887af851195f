import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { HotbedError } from '../../primitives/error.js'
import { findFreePort } from '../../primitives/free-port.js'
import { runCommand } from '../../primitives/run-command.js'
import { startSupervisedProcess, type SupervisedProcess } from '../../primitives/supervised-process.js'
import type { ServerPlace } from '../server.js'
import type { PostgresBinaries } from './binaries.js'
import { explainBootFailure, type TriedBoot } from './boot-failure.js'
import { postgresEnvironment } from './cluster-image.js'
import { explainUnpacking, type Unpacking } from './cluster-archive.js'
import { END_SCRIPT } from './end-script.js'
import { waitUntilReady } from './readiness.js'
import { restoreRelationCaches } from './relation-caches.js'
import type { Settings } from './settings.js'

const PORT_ATTEMPTS = 5
/** Postgres itself gives its backends 5 seconds before it kills them. */
const GRACE_MS = 10_000

/** What a boot needs. The cluster lies in `data` of the place. */
export interface BootOptions {
  readonly binaries: PostgresBinaries
  readonly place: ServerPlace
  /** Given by the user, to find the one that a refusal is about. */
  readonly settings: Settings
  /** The one port to use. @default one that `findPort` finds, and another when that has been taken meanwhile */
  readonly port?: number
  /** @default findFreePort */
  readonly findPort?: (() => Promise<number>) | undefined
  readonly timeoutMs: number
  /** Beside what Postgres always gets. @default nothing */
  readonly environment?: Readonly<Record<string, string>> | undefined
}

/** A server that accepts connections. */
export interface BootedServer {
  readonly supervised: SupervisedProcess
  readonly port: number
}

/**
 * Starts Postgres on the cluster of the place. When that fails, the place's directory is removed.
 *
 * @param unpacking makes the cluster first
 *
 * @throws {HotbedError} `ERR_HOTBED_POSTGRES_START`, `ERR_HOTBED_POSTGRES_SETTING`
 */
export async function bootPostgres(options: BootOptions, unpacking?: Unpacking): Promise<BootedServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await (options.findPort ?? findFreePort)())
    const supervised = await startProcess(options, port, attempt === 1 ? unpacking : undefined)
    const outcome = await waitUntilReady(join(options.place.directory, 'data'), supervised, options.timeoutMs).catch(
      (error: unknown) => error,
    )
    const isUnpacked = (await supervised.besideEnded).status === 0
    if (outcome === true && isUnpacked) {
      if (unpacking !== undefined) restoreRelationCaches(join(options.place.directory, 'data'))
      return { supervised, port }
    }
    const log = supervised.lastLog()
    const unpackingFailed = unpacking === undefined ? undefined : explainUnpacking(unpacking, isUnpacked, log)
    const portTaken = outcome === false && /could not bind|could not create any TCP\/IP sockets/.test(log.join('\n'))
    const again = portTaken && unpackingFailed === undefined && options.port === undefined && attempt < PORT_ATTEMPTS
    await supervised.stop({ signal: 'QUIT', keepDirectory: again })
    if (again) continue
    if (unpackingFailed !== undefined) throw unpackingFailed
    if (portTaken) {
      throw new HotbedError('ERR_HOTBED_POSTGRES_START', {
        message:
          options.port === undefined
            ? `No free port was left on 127.0.0.1 after ${attempt} attempts.`
            : `Port ${port} of 127.0.0.1 has been taken by another process.`,
        log,
      })
    }
    throw await explainBootFailure(describeBoot(options), log, outcome === false ? supervised.exit() : undefined, outcome)
  }
}

function describeBoot({ binaries, place, settings, timeoutMs }: BootOptions): TriedBoot {
  return {
    version: binaries.version.text,
    settings,
    timeoutMs,
    describeConfig: async () => {
      const program = join(binaries.directory, 'postgres')
      return (await runCommand(program, { args: ['--describe-config'], user: place.user, cwd: '/', timeoutMs: 10_000 })).stdout
    },
  }
}

async function startProcess(
  { binaries, place, environment }: BootOptions,
  port: number,
  unpacking: Unpacking | undefined,
): Promise<SupervisedProcess> {
  const { directory, user } = place
  const data = join(directory, 'data')
  const logFile = join(directory, 'postgres.log')
  rmSync(logFile, { force: true })
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: `"${directory.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    lc_messages: 'C',
    log_destination: 'stderr',
    logging_collector: 'off',
  }
  return startSupervisedProcess({
    command: join(binaries.directory, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    cwd: '/',
    env: { ...postgresEnvironment(), ...environment },
    user,
    logFile,
    directory,
    runDirectory: place.runDirectory,
    before: unpacking?.before,
    beside: unpacking?.beside,
    stopSignal: 'QUIT',
    graceMs: GRACE_MS,
    endScript: END_SCRIPT,
  })
}

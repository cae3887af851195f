import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SupervisedProcess } from '../../primitives/supervised-process.js'
import type { ServerClock } from '../clock/server-clock.js'
import { controlOf, endOf, followProcess } from '../server-process.js'
import type { LocalPostgresServer } from '../server.js'
import { bootPostgres, type BootedServer, type BootOptions } from './boot.js'
import { copyCluster } from './copy-cluster.js'
import type { CountedClient } from './counted-client.js'
import type { PostgresLayout } from './layout.js'
import { saveCluster } from './save-cluster.js'
import { startStandby } from './standby.js'
import { superuser } from './superuser.js'
import { uncleanShutdown } from './unclean-shutdown.js'

/** A booted server that has been set up. */
export interface OpenedServer {
  readonly boot: BootOptions
  readonly booted: BootedServer
  /** Of the administrator, for the first who asks. */
  readonly session?: CountedClient | undefined
  readonly layout: PostgresLayout
  readonly adminPassword: string
  readonly clock: ServerClock
}

/** The handle of a running server. `pid` changes with `saveImage` and `restart`, which do not count as an exit. */
export function openPostgresServer(opened: OpenedServer): LocalPostgresServer {
  const { boot, booted, layout, adminPassword, clock } = opened
  const { binaries, place } = boot
  const { port } = booted
  const dataDirectory = join(place.directory, 'data')
  const pidFile = join(dataDirectory, 'postmaster.pid')
  let { session } = opened
  session?.once('end', () => (session = undefined))
  const running = followProcess(booted.supervised, { name: 'Postgres', exitCode: 'ERR_HOTBED_POSTGRES_EXITED' })
  const bootAgain = async (): Promise<SupervisedProcess> => (await bootPostgres({ ...boot, port })).supervised

  /** Stops the server cleanly, does something with its files, and starts it again whatever became of that. */
  const whileStopped = async (work: () => Promise<void>): Promise<void> => {
    const failures: unknown[] = []
    await running.replace('INT', async () => {
      try {
        if (existsSync(pidFile)) throw uncleanShutdown()
        await work()
      } catch (error) {
        failures.push(error)
      }
      return bootAgain()
    })
    if (failures.length > 0) throw failures[0]
  }

  const server: LocalPostgresServer = {
    provider: binaries.provider,
    version: binaries.version,
    host: '127.0.0.1',
    port,
    get pid() {
      return running.pid()
    },
    control: {
      ...controlOf(running),
      restart: (mode) =>
        running.replace(mode === 'fast' ? 'INT' : 'QUIT', async () => {
          // Of a killed server: its pid may be somebody else's by now, whom Postgres would take for a server that still runs.
          await rm(pidFile, { force: true })
          return bootAgain()
        }),
    },
    ...superuser({ host: place.directory, port, password: adminPassword }),
    files: {
      dataDirectory,
      socketDirectory: place.directory,
      startStandby: (standbyPlace) =>
        startStandby(
          {
            primary: server,
            opened,
            copyFiles: (target) => whileStopped(() => copyCluster(dataDirectory, target, place.user)),
            open: openPostgresServer,
          },
          standbyPlace,
        ),
    },
    images: { layout: layout.layout, save: (target) => whileStopped(() => saveCluster(dataDirectory, target, place.user)) },
    clock,
    collation: layout.collation.description,
    takeSession: () => {
      const taken = session
      session = undefined
      return taken
    },
    ...endOf(running),
  }
  return server
}

import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { HotbedError } from '../../primitives/error.js'
import type { SupervisedProcess } from '../../primitives/supervised-process.js'
import type { ServerClock } from '../clock/server-clock.js'
import { followProcess } from '../server-process.js'
import type { LocalPostgresServer } from '../server.js'
import { bootPostgres, type BootedServer, type BootOptions } from './boot.js'
import type { PostgresLayout } from './layout.js'
import { saveCluster } from './save-cluster.js'
import { startStandby } from './standby.js'

/** A booted server that has been set up. */
export interface OpenedServer {
  readonly boot: BootOptions
  readonly booted: BootedServer
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
  const running = followProcess(booted.supervised, { name: 'Postgres', exitCode: 'ERR_HOTBED_POSTGRES_EXITED' })
  const bootAgain = async (): Promise<SupervisedProcess> => (await bootPostgres({ ...boot, port })).supervised

  const saveImage = async (target: string): Promise<void> => {
    const failures: unknown[] = []
    await running.replace('INT', async () => {
      try {
        if (existsSync(pidFile)) throw new HotbedError('ERR_HOTBED_POSTGRES_EXITED', UNCLEAN)
        await saveCluster(dataDirectory, target, place.user)
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
    exited: running.exited,
    control: {
      condition: running.condition,
      pause: running.pause,
      resume: running.resume,
      kill: running.kill,
      restart: (mode) =>
        running.replace(mode === 'fast' ? 'INT' : 'QUIT', async () => {
          // Of a killed server: its pid may be somebody else's by now, whom Postgres would take for a server that still runs.
          await rm(pidFile, { force: true })
          return bootAgain()
        }),
    },
    lastLog: running.lastLog,
    admin: {
      host: place.directory,
      port,
      user: 'postgres',
      password: adminPassword,
      database: 'postgres',
      isSuperuser: true,
      parameters: '',
      tls: undefined,
    },
    isShared: false,
    rights: { createDatabase: true, copyFiles: true, plansUnavailable: undefined },
    files: {
      dataDirectory,
      socketDirectory: place.directory,
      startStandby: (standbyPlace) => startStandby({ primary: server, opened, open: openPostgresServer }, standbyPlace),
    },
    images: { layout: layout.layout, save: saveImage },
    clock,
    collation: layout.collation.description,
    leave: running.leave,
    stop: running.stop,
  }
  return server
}

const UNCLEAN = { message: 'Postgres was not shut down cleanly, so its files cannot be saved as an image.' }

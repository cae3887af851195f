import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { HotbedError } from '../../primitives/error.js'
import type { ProcessExit } from '../../primitives/supervised-process.js'
import type { ServerClock } from '../clock/server-clock.js'
import type { PostgresServer } from '../server.js'
import { bootPostgres, type BootedServer, type BootOptions } from './boot.js'
import type { PostgresLayout } from './layout.js'
import { saveCluster } from './save-cluster.js'

/** A booted server that has been set up. */
export interface OpenedServer {
  readonly boot: BootOptions
  readonly booted: BootedServer
  readonly layout: PostgresLayout
  readonly adminPassword: string
  readonly clock: ServerClock
}

/** The handle of a running server. `pid` changes with `saveImage`, which does not count as an exit. */
export function openPostgresServer({ boot, booted, layout, adminPassword, clock }: OpenedServer): PostgresServer {
  const { binaries, place } = boot
  const { port } = booted
  const dataDirectory = join(place.directory, 'data')
  let { supervised } = booted
  let saving = false
  let reportExit: (exit: ProcessExit) => void = () => {}
  const exited = new Promise<ProcessExit>((resolve) => (reportExit = resolve))
  const follow = (): void => {
    void supervised.exited.then((exit) => {
      if (!saving) reportExit(exit)
    })
  }
  follow()

  const saveImage = async (target: string): Promise<void> => {
    saving = true
    try {
      await supervised.stop({ signal: 'INT', keepDirectory: true })
      try {
        if (existsSync(join(dataDirectory, 'postmaster.pid'))) throw new HotbedError('ERR_HOTBED_POSTGRES_EXITED', UNCLEAN)
        await saveCluster(dataDirectory, target, place.user)
      } finally {
        supervised = (await bootPostgres({ ...boot, port })).supervised
      }
    } finally {
      saving = false
      // Of the new process; or of the old one, when there is no new one.
      follow()
    }
  }

  let stopping: Promise<void> | undefined
  let saved: Promise<void> = Promise.resolve()
  return {
    provider: binaries.provider,
    version: binaries.version,
    host: '127.0.0.1',
    port,
    get pid() {
      return supervised.pid
    },
    exited,
    lastLog: (lines) => supervised.lastLog(lines),
    socketDirectory: place.directory,
    dataDirectory,
    adminPassword,
    clock,
    collation: layout.collation.description,
    layout: layout.layout,
    leave: () => supervised.leave(),
    stop: () => (stopping ??= saved.then(() => supervised.stop())),
    saveImage: async (target) => {
      if (stopping !== undefined)
        throw new HotbedError('ERR_HOTBED_DISPOSED', { message: 'The Postgres server had been stopped when its image was to be saved.' })
      const save = saved.then(() => saveImage(target))
      // One after the other; the next one, and the stop, do not depend on how it went.
      saved = save.catch(() => {})
      await save
    },
  }
}

const UNCLEAN = { message: 'Postgres was not shut down cleanly, so its files cannot be saved as an image.' }

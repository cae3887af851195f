import { watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withDeadline } from '../../primitives/deadline.js'
import type { SupervisedProcess } from '../../primitives/supervised-process.js'

/** Events of a directory may come late or never (macOS, network disks), so the file is also read now and then. */
const GLANCE_MS = 20

/**
 * Settles when the postmaster says in its pid file that it accepts connections; `false` when it has ended instead.
 *
 * @throws {HotbedError} `ERR_HOTBED_TIMEOUT`
 */
export async function waitUntilReady(dataDirectory: string, server: SupervisedProcess, timeoutMs: number): Promise<boolean> {
  let finish: (ready: boolean) => void = () => {}
  const ready = new Promise<boolean>((resolve) => (finish = resolve))
  const look = (): void => void isReady(dataDirectory, server.pid).then((is) => is && finish(true))
  const watcher = watch(dataDirectory, look)
  watcher.on('error', () => {})
  const timer = setInterval(look, GLANCE_MS)
  look()
  try {
    const ended = server.exited.then(() => false)
    return await withDeadline(Promise.race([ready, ended]), timeoutMs, 'Postgres to accept connections', () => server.lastLog())
  } finally {
    watcher.close()
    clearInterval(timer)
  }
}

/** Line 1 of postmaster.pid is the pid, line 8 the state (miscadmin.h of Postgres). */
async function isReady(dataDirectory: string, pid: number): Promise<boolean> {
  const lines = (await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
}

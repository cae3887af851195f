import { watch } from 'node:fs'
import { open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { createDeadline } from './deadline.js'
import { HotbedError } from './error.js'
import { formatOwner, parseOwner, readFormattedOwner, readOwner, readOwnerState } from './owner.js'

const HEARTBEAT_MS = 2_000
/** A holder that we cannot look up (other container, other machine) counts as dead after this silence. */
const SILENCE_MS = 20_000

export interface FileLockOptions {
  /** @default 600_000 */
  readonly timeoutMs?: number
  /** Asked while waiting; `true` gives up the wait, because what the lock was wanted for is there. */
  readonly isObsolete?: () => Promise<boolean>
}

/**
 * Takes the lock `file`, waiting for its holder. A lock saves double work between processes; nothing may depend on it for
 * correctness, since a holder that looks dead loses it.
 *
 * @returns the function that gives the lock back, or `undefined` when the wait became obsolete
 * @throws {HotbedError} `ERR_HOTBED_TIMEOUT` naming the file
 */
export async function takeFileLock(file: string, options: FileLockOptions = {}): Promise<(() => Promise<void>) | undefined> {
  const { timeoutMs = 600_000, isObsolete } = options
  const deadline = createDeadline(timeoutMs)
  for (;;) {
    const release = await tryFileLock(file)
    if (release !== undefined) return release
    if (await isObsolete?.()) return undefined
    if (deadline.isOver()) {
      throw new HotbedError('ERR_HOTBED_TIMEOUT', {
        message: `Waited ${timeoutMs} ms for the lock ${file}, which another process holds.`,
        remedy: 'Remove that file if no test run is under way.',
      })
    }
    await waitForChange(file, Math.min(deadline.remainingMs(), 1_000))
  }
}

async function tryFileLock(file: string): Promise<(() => Promise<void>) | undefined> {
  try {
    const handle = await open(file, 'wx')
    await handle.writeFile(formatOwner(readOwner()))
    await handle.close()
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    if (await isAbandoned(file)) await rm(file, { force: true })
    return undefined
  }
  const heartbeat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), HEARTBEAT_MS).unref()
  return async () => {
    clearInterval(heartbeat)
    await rm(file, { force: true })
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  try {
    const owner = parseOwner(await readFile(file, 'utf8'))
    const state = owner === undefined ? 'unknown' : readOwnerState(owner, readFormattedOwner())
    if (state === 'alive' || state === 'dead') return state === 'dead'
    return Date.now() - (await stat(file)).mtimeMs > SILENCE_MS
  } catch {
    // Given back in this moment.
    return false
  }
}

/** Settles when something happens to `file`, or after `timeoutMs`: an event can be lost on network file systems. */
function waitForChange(file: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const name = basename(file)
    const watcher = watch(dirname(file), (_, changed) => {
      if (changed === null || changed === name) finish()
    })
    const timer = setTimeout(finish, timeoutMs)
    watcher.once('error', finish)
    function finish(): void {
      clearTimeout(timer)
      watcher.close()
      resolve()
    }
  })
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

import { existsSync, watch, type FSWatcher } from 'node:fs'
import { link, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { createDeadline } from './deadline.js'
import { HotbedError } from './error.js'
import { formatOwner, parseOwner, readFormattedOwner, readOwner, readOwnerState } from './owner.js'
import { wallClockDate, wallClockMs } from './real-time.js'

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
  const ours = formatOwner(readOwner())
  try {
    const handle = await open(file, 'wx')
    await handle.writeFile(ours)
    await handle.close()
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    await removeAbandoned(file, ours)
    return undefined
  }
  const heartbeat = setInterval(() => void utimes(file, wallClockDate(), wallClockDate()).catch(() => {}), HEARTBEAT_MS).unref()
  return async () => {
    clearInterval(heartbeat)
    // We may have looked dead to somebody who then took it.
    if ((await readFile(file, 'utf8').catch(() => '')) === ours) await rm(file, { force: true })
  }
}

/** Takes a dead holder's lock away. Of two who see it dead, the slower one must not remove the lock that the quicker one holds by now. */
async function removeAbandoned(file: string, ours: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined || !(await isAbandoned(file, text))) return
  const taken = `${file}.${ours}`
  try {
    await rename(file, taken)
    if ((await readFile(taken, 'utf8')) !== text) await link(taken, file)
  } catch {
    // Somebody else was quicker.
  } finally {
    await rm(taken, { force: true })
  }
}

async function isAbandoned(file: string, text: string): Promise<boolean> {
  const owner = parseOwner(text)
  const state = owner === undefined ? 'unknown' : readOwnerState(owner, readFormattedOwner())
  if (state === 'alive' || state === 'dead') return state === 'dead'
  const facts = await stat(file).catch(() => undefined)
  // Without facts it was given back in this moment.
  return facts !== undefined && wallClockMs() - facts.mtimeMs > SILENCE_MS
}

/** Settles when something happens to `file`, or after `timeoutMs`: an event can be lost on network file systems. */
function waitForChange(file: string, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const name = basename(file)
    const timer = setTimeout(finish, timeoutMs)
    let watcher: FSWatcher | undefined
    try {
      watcher = watch(dirname(file), (_, changed) => {
        if (changed === null || changed === name) finish()
      })
      watcher.once('error', finish)
    } catch {
      // The system has no watch left: then the time must do.
    }
    // Given back before we watched.
    if (!existsSync(file)) finish()
    function finish(): void {
      clearTimeout(timer)
      watcher?.close()
      resolve()
    }
  })
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

import { chownSync, chmodSync, existsSync, mkdtempSync, realpathSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { rm, utimes } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { findBarrier } from './barrier.js'
import { readEnvironment } from './environment.js'
import { HotbedError } from './error.js'
import { readOwner, type Owner } from './owner.js'
import type { ProcessUser } from './supervised-process.js'
import { wallClockDate } from './real-time.js'

const PREFIX = 'hotbed-run-'
/** The names of run directories, and of nothing that a person would make: they get removed. */
export const RUN_DIRECTORY_NAME: RegExp = /^hotbed-run-[A-Za-z0-9]{6}$/
export const OWNER_FILE = 'owner.json'
/** There when the servers of a run were left up on purpose. */
export const KEPT_FILE = 'kept.json'
export const OWNER_SOCKET = 'owner.sock'
/** How often a run says that it is alive to those who cannot look it up. */
export const HEARTBEAT_MS = 60_000

/** The directory of one run: everything its servers write. Gone with the run. */
export interface RunDirectory {
  readonly path: string
  /** True when the files live in memory (tmpfs). */
  readonly inMemory: boolean
  /** Marks the directory as kept on purpose: `remove` and sweeps leave it alone. `facts` are for whoever ends it later. */
  readonly keep: (facts: object) => void
  readonly remove: () => Promise<void>
}

export interface RunDirectoryOptions {
  /** Free bytes the place must have. */
  readonly neededBytes: number
  /** Who the servers run as, when that is not us. Their supervisors must be able to remove the directory. */
  readonly user: ProcessUser | undefined
  /** Passes over places in memory. @default false */
  readonly onDisk?: boolean
}

/** Where run directories are looked for and made, the first choice first. */
export function runDirectoryParents(variables: NodeJS.ProcessEnv = process.env): readonly string[] {
  const { runDirectory } = readEnvironment(variables)
  return [...new Set([...(runDirectory === undefined ? [] : [resolve(runDirectory)]), '/dev/shm', tmpdir(), '/tmp', '/var/tmp'])]
}

/**
 * Makes a run directory in the first place that exists, can be written and has `neededBytes` free as measured now: memory first
 * (Docker gives /dev/shm 64 MB, so its mere existence says nothing), then disk. It is stamped with its owner, whose
 * unix socket accepts for as long as the owner lives.
 *
 * @throws {HotbedError} `ERR_HOTBED_RUN_DIRECTORY` with what each place lacked
 */
export async function createRunDirectory(options: RunDirectoryOptions, variables: NodeJS.ProcessEnv = process.env): Promise<RunDirectory> {
  const { runDirectory } = readEnvironment(variables)
  const parents = runDirectory === undefined ? runDirectoryParents(variables) : [resolve(runDirectory)]
  const tried: string[] = []
  for (const parent of parents) {
    const made = await makeIn(parent, options)
    if (typeof made === 'string') {
      tried.push(`${parent}: ${made}`)
      continue
    }
    const { path, inMemory, end } = made
    let kept = false
    return {
      path,
      inMemory,
      keep: (facts) => {
        kept = true
        writeFileSync(join(path, KEPT_FILE), JSON.stringify(facts))
      },
      remove: async () => {
        end()
        if (kept) return
        await rm(path, { recursive: true, force: true, maxRetries: 3 })
      },
    }
  }
  throw new HotbedError('ERR_HOTBED_RUN_DIRECTORY', {
    message: `No place was found for the files of the servers, which need ${megabytes(options.neededBytes)} MB. Tried:\n  ${tried.join('\n  ')}`,
    remedy: 'Free some space, or set HOTBED_RUN_DIRECTORY to a directory with a short path and enough room.',
  })
}

interface MadeDirectory {
  readonly path: string
  readonly inMemory: boolean
  readonly end: () => void
}

/** The directory, or why there can be none in `parent`. */
async function makeIn(parent: string, { neededBytes, user, onDisk = false }: RunDirectoryOptions): Promise<MadeDirectory | string> {
  if (!existsSync(parent)) return 'does not exist'
  let path: string | undefined
  try {
    const { bavail, bsize, type } = statfsSync(parent)
    const free = bavail * bsize
    const inMemory = type === TMPFS_MAGIC
    if (onDisk && inMemory) return 'is in memory'
    if (free < neededBytes) return `has ${megabytes(free)} MB free`
    const socketBytes = Buffer.byteLength(join(parent, `${PREFIX}XXXXXX`)) + LONGEST_SOCKET_NAME
    if (socketBytes > SOCKET_PATH_BYTES) return `is too long: a unix socket in it would have ${socketBytes} of ${SOCKET_PATH_BYTES} bytes`
    const barrier = user === undefined ? undefined : findBarrier(realpathSync(parent), user)
    if (barrier !== undefined) return `cannot be reached by user ${user?.uid}, as whom the servers run, because of the mode of ${barrier}`
    path = mkdtempSync(join(parent, PREFIX))
    // Others may pass through, not look: each server's own directory has mode 0700.
    chmodSync(path, 0o711)
    if (user !== undefined) chownSync(path, user.uid, user.gid)
    return { path, inMemory, end: await stampOwner(path) }
  } catch (error) {
    if (path !== undefined) rmSync(path, { recursive: true, force: true })
    return error instanceof Error ? error.message : String(error)
  }
}

/** statfs(2) */
const TMPFS_MAGIC = 0x01021994
/** sun_path of unix(7) less its end mark. */
const SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103
/** `/postgres/.s.PGSQL.65535` is what lies deepest. */
const LONGEST_SOCKET_NAME = 24

async function stampOwner(path: string): Promise<() => void> {
  const stamp: Owner & { readonly project: string } = { ...readOwner(), project: process.cwd() }
  const file = join(path, OWNER_FILE)
  writeFileSync(file, JSON.stringify(stamp))
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((listening, reject) => {
    server.once('error', reject)
    server.listen(join(path, OWNER_SOCKET), listening)
  })
  server.unref()
  const heartbeat = setInterval(() => void utimes(file, wallClockDate(), wallClockDate()).catch(() => {}), HEARTBEAT_MS).unref()
  return () => {
    clearInterval(heartbeat)
    server.close()
  }
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_048_576)
}

import { chownSync, chmodSync, existsSync, mkdtempSync, statfsSync, writeFileSync } from 'node:fs'
import { rm, utimes } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readEnvironment } from './environment.js'
import { HotbedError } from './error.js'
import { readOwner, type Owner } from './owner.js'
import type { ProcessUser } from './supervised-process.js'

/** All run directories are named so. */
export const RUN_DIRECTORY_PREFIX = 'hotbed-'
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
}

/** Where run directories are looked for and made, the first choice first. */
export function runDirectoryParents(variables: NodeJS.ProcessEnv = process.env): readonly string[] {
  const { runDirectory } = readEnvironment(variables)
  return [...new Set([...(runDirectory === undefined ? [] : [runDirectory]), '/dev/shm', tmpdir(), '/tmp', '/var/tmp'])]
}

/**
 * Makes a run directory in the first place that exists, can be written and has `neededBytes` free as measured now: memory first
 * (Docker gives /dev/shm 64 MB, so its mere existence says nothing), then disk. It is stamped with its owner, whose
 * unix socket accepts for as long as the owner lives.
 *
 * @throws {HotbedError} `ERR_HOTBED_RUN_DIRECTORY` with what each place lacked
 */
export async function createRunDirectory(options: RunDirectoryOptions, variables: NodeJS.ProcessEnv = process.env): Promise<RunDirectory> {
  const { neededBytes, user } = options
  const { runDirectory } = readEnvironment(variables)
  const parents = runDirectory === undefined ? runDirectoryParents(variables) : [runDirectory]
  const tried: string[] = []
  for (const parent of parents) {
    const made = makeIn(parent, neededBytes)
    if (typeof made === 'string') {
      tried.push(`${parent}: ${made}`)
      continue
    }
    if (user !== undefined) chownSync(made.path, user.uid, user.gid)
    const end = await stampOwner(made.path)
    let kept = false
    return {
      ...made,
      keep: (facts) => {
        kept = true
        writeFileSync(join(made.path, KEPT_FILE), JSON.stringify(facts))
      },
      remove: async () => {
        end()
        if (kept) return
        await rm(made.path, { recursive: true, force: true, maxRetries: 3 })
      },
    }
  }
  throw new HotbedError('ERR_HOTBED_RUN_DIRECTORY', {
    message: `No place has ${megabytes(neededBytes)} MB for the files of the servers. Tried:\n  ${tried.join('\n  ')}`,
    remedy: 'Free some space, or set HOTBED_RUN_DIRECTORY to a directory with a short path and enough room.',
  })
}

function makeIn(parent: string, neededBytes: number): { readonly path: string; readonly inMemory: boolean } | string {
  if (!existsSync(parent)) return 'does not exist'
  try {
    const { bavail, bsize, type } = statfsSync(parent)
    const free = bavail * bsize
    if (free < neededBytes) return `has ${megabytes(free)} MB free`
    const path = mkdtempSync(join(parent, RUN_DIRECTORY_PREFIX))
    // Others may pass through, not look: each server's own directory has mode 0700.
    chmodSync(path, 0o711)
    return { path, inMemory: type === TMPFS_MAGIC }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** statfs(2) */
const TMPFS_MAGIC = 0x01021994

async function stampOwner(path: string): Promise<() => void> {
  const stamp: Owner & { readonly project: string } = { ...readOwner(), project: process.cwd() }
  const file = join(path, OWNER_FILE)
  writeFileSync(file, JSON.stringify(stamp))
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(join(path, OWNER_SOCKET), resolve)
  })
  server.unref()
  const heartbeat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), HEARTBEAT_MS).unref()
  return () => {
    clearInterval(heartbeat)
    server.close()
  }
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_048_576)
}

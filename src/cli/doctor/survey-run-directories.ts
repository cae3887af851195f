import { accessSync, constants, existsSync, realpathSync, statfsSync } from 'node:fs'
import { resolve } from 'node:path'
import { SPARE_BYTES } from '../../databases/boot-local.js'
import { findBarrier } from '../../primitives/barrier.js'
import { readEnvironment } from '../../primitives/environment.js'
import { runDirectoryParents } from '../../primitives/run-directory.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'

/** A place where the files of running servers may go. */
export interface RunDirectoryFindings {
  readonly path: string
  readonly freeBytes: number
  readonly inMemory: boolean
  /** True for the one that a server with an empty template gets. */
  readonly chosen: boolean
  readonly reason: string
}

/** statfs(2) */
const TMPFS_MAGIC = 0x01021994

/** Measures the places in the order in which a run tries them. */
export function surveyRunDirectories(user: ProcessUser | undefined): readonly RunDirectoryFindings[] {
  const { runDirectory } = readEnvironment()
  const named = runDirectory === undefined ? undefined : resolve(runDirectory)
  let chosen = false
  return runDirectoryParents().map((path) => {
    const { freeBytes, inMemory } = measure(path)
    const obstacle =
      findObstacle(path, freeBytes, user) ?? (named === undefined || named === path ? undefined : 'HOTBED_RUN_DIRECTORY names another')
    if (obstacle !== undefined) return { path, freeBytes, inMemory, chosen: false, reason: obstacle }
    if (chosen) return { path, freeBytes, inMemory, chosen: false, reason: 'comes later in the order' }
    chosen = true
    return { path, freeBytes, inMemory, chosen: true, reason: named === path ? 'HOTBED_RUN_DIRECTORY' : 'the first with enough room' }
  })
}

function measure(path: string): { readonly freeBytes: number; readonly inMemory: boolean } {
  try {
    const { bavail, bsize, type } = statfsSync(path)
    return { freeBytes: bavail * bsize, inMemory: type === TMPFS_MAGIC }
  } catch {
    return { freeBytes: 0, inMemory: false }
  }
}

function findObstacle(path: string, freeBytes: number, user: ProcessUser | undefined): string | undefined {
  if (!existsSync(path)) return 'does not exist'
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch {
    return 'cannot be written'
  }
  const barrier = user === undefined ? undefined : findBarrier(realpathSync(path), user)
  if (barrier !== undefined) return `user ${user?.uid}, as whom servers run, may not enter ${barrier}`
  return freeBytes < SPARE_BYTES ? `too small: ${SPARE_BYTES / 1_048_576} MB are needed` : undefined
}

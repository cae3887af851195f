import { existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findLeftovers } from '../../databases/sweep.js'
import { createDeadline } from '../../primitives/deadline.js'
import { HotbedError } from '../../primitives/error.js'
import { OWNER_FILE, RUN_DIRECTORY_NAME, runDirectoryParents } from '../../primitives/run-directory.js'

const TIMEOUT_MS = 20_000
const LOOK_AGAIN_MS = 50

/**
 * Waits for the runs that are copying a cluster out of the cache just now, or into it. They belong to other processes, so there is no event.
 *
 * @throws {HotbedError} `ERR_HOTBED_TIMEOUT`
 */
export async function waitForStartingRuns(): Promise<void> {
  const deadline = createDeadline(TIMEOUT_MS)
  let starting = await findStartingRuns()
  while (starting.length > 0) {
    if (deadline.isOver()) {
      throw new HotbedError('ERR_HOTBED_TIMEOUT', {
        message: `Waited ${TIMEOUT_MS} ms for runs to start, which may be reading the cache: ${starting.join(', ')}.`,
        remedy: 'The cache was left as it is. Try again: hotbed clean',
      })
    }
    await pause(LOOK_AGAIN_MS)
    starting = starting.filter(isStarting)
  }
}

async function findStartingRuns(): Promise<readonly string[]> {
  const dead = new Set((await findLeftovers()).map(({ path }) => path))
  const found = await Promise.all(
    runDirectoryParents().map(async (parent) =>
      (await readdir(parent).catch(() => []))
        .filter((name) => RUN_DIRECTORY_NAME.test(name))
        .map((name) => join(parent, name))
        .filter((path) => !dead.has(path) && isOurs(path) && isStarting(path)),
    ),
  )
  return found.flat()
}

/** The owner itself writes its file, whoever its servers run as. */
function isOurs(path: string): boolean {
  return statSync(join(path, OWNER_FILE), { throwIfNoEntry: false })?.uid === process.getuid?.()
}

/** Its cluster is there, at least in part, and does not run. */
function isStarting(path: string): boolean {
  const cluster = join(path, 'postgres')
  return existsSync(cluster) && !existsSync(join(cluster, 'data', 'postmaster.pid'))
}

import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ProcessUser } from './supervised-process.js'

/**
 * The first directory above `path` (or `path` itself) that `user` may not pass through, or `undefined` when all are open.
 * Without `user` it is we who want to reach it.
 */
export function findBarrier(path: string, user: ProcessUser | undefined): string | undefined {
  for (const place of withParents(path)) {
    if (!mayPass(place, user)) return place
  }
  return undefined
}

function withParents(path: string): readonly string[] {
  const parent = dirname(path)
  return parent === path ? [path] : [...withParents(parent), path]
}

function mayPass(place: string, user: ProcessUser | undefined): boolean {
  try {
    if (user === undefined) {
      accessSync(place, constants.X_OK)
      return true
    }
    const { mode, uid, gid } = statSync(place)
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    return (mode & bit) !== 0
  } catch {
    return false
  }
}

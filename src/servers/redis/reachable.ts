import { realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ProcessUser } from '../../primitives/supervised-process.js'

/** True when `user` may execute the file at `path`: nothing above it, such as a home of mode 0700, stands in the way. */
export function isReachableBy(path: string, user: ProcessUser | undefined): boolean {
  if (user === undefined) return true
  try {
    let current = realpathSync(path)
    for (;;) {
      const { mode, uid, gid } = statSync(current)
      const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
      if ((mode & bit) === 0) return false
      if (dirname(current) === current) return true
      current = dirname(current)
    }
  } catch {
    return false
  }
}

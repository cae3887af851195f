import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { findUnprivilegedUser } from '../../../src/primitives/unprivileged-user.js'
import type { ServerPlace } from '../../../src/servers/server.js'

/** Makes directories that are gone after each test, whatever the test did with them. */
export function useDirectories(): {
  readonly make: (name?: string) => string
  readonly makePlace: (name?: string) => ServerPlace
} {
  const made: string[] = []
  afterEach(() => {
    for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
  })
  const make = (name = 'd'): string => {
    const parent = mkdtempSync(join(tmpdir(), 'hr-'))
    made.push(parent)
    const directory = join(parent, name)
    mkdirSync(directory)
    return directory
  }
  return {
    make,
    makePlace: (name) => {
      const directory = make(name)
      const user = findUnprivilegedUser()
      if (user !== undefined) {
        chownSync(directory, user.uid, user.gid)
        chownSync(join(directory, '..'), user.uid, user.gid)
      }
      return { directory, user }
    },
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

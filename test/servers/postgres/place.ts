import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { findUnprivilegedUser } from '../../../src/primitives/unprivileged-user.js'
import type { ServerPlace } from '../../../src/servers/server.js'

const user = findUnprivilegedUser()
const made: string[] = []

afterAll(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})

/** A temporary directory that is removed after the file's tests; owned by the user servers run as when `owned`. */
export function makeDirectory({ parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), owned = false } = {}): string {
  const directory = mkdtempSync(join(parent, 'hotbed-test-'))
  made.push(directory)
  if (owned && user !== undefined) chownSync(directory, user.uid, user.gid)
  return directory
}

/** A cache that servers' users can look into. */
export function makeCache(): string {
  const directory = join(makeDirectory({ parent: tmpdir(), owned: true }), 'cache')
  mkdirSync(directory)
  return directory
}

export function makePlace(name?: string): ServerPlace {
  const parent = makeDirectory({ owned: true })
  if (name === undefined) return { directory: parent, user }
  const directory = join(parent, name)
  mkdirSync(directory)
  if (user !== undefined) chownSync(directory, user.uid, user.gid)
  return { directory, user }
}

import { readFileSync } from 'node:fs'
import { HotbedError } from './error.js'
import type { ProcessUser } from './supervised-process.js'

/** Accounts that exist on ordinary systems, the best suited first. Nothing is ever added to the system. */
const CANDIDATES = ['postgres', 'nobody', 'daemon', 'bin']

/**
 * The existing user that servers run as when we are root, since Postgres refuses uid 0.
 * `undefined` when we are not root: then servers run as ourselves.
 *
 * @throws {HotbedError} `ERR_HOTBED_NO_UNPRIVILEGED_USER`
 */
export function findUnprivilegedUser(passwdFile = '/etc/passwd'): ProcessUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readUsers(passwdFile)
  for (const name of CANDIDATES) {
    const user = users.get(name)
    if (user !== undefined && user.uid > 0) return user
  }
  throw new HotbedError('ERR_HOTBED_NO_UNPRIVILEGED_USER', {
    message: `Postgres refuses to run as root, and ${passwdFile} has none of the users ${CANDIDATES.join(', ')} to run it as.`,
    remedy: 'Run the tests as an ordinary user, or add one of these users to the image.',
  })
}

function readUsers(passwdFile: string): ReadonlyMap<string, ProcessUser> {
  let text: string
  try {
    text = readFileSync(passwdFile, 'utf8')
  } catch {
    text = ''
  }
  const users = new Map<string, ProcessUser>()
  for (const line of text.split('\n')) {
    const [name, , uid, gid] = line.split(':')
    // macOS writes nobody as -2.
    if (name !== undefined && uid !== undefined && Number(uid) > 0) users.set(name, { uid: Number(uid), gid: Number(gid) })
  }
  return users
}

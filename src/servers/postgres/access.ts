import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { writeOwnFile } from '../../primitives/own-files.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'

export const ACCESS_FILE = 'pg_hba.conf'

/**
 * Who may log in: over the unix socket everybody who can open its directory (mode 0700), over TCP with a password,
 * since any user of the machine reaches 127.0.0.1.
 */
export function writeAccessFile(dataDirectory: string, major: number, user: ProcessUser | undefined): void {
  const method = major >= 16 ? 'scram-sha-256' : 'md5'
  writeOwnFile(join(dataDirectory, ACCESS_FILE), `local all all trust\nhost all all 127.0.0.1/32 ${method}\n`, user)
}

/** A password that needs no quoting in SQL or in a URL. */
export function makePassword(): string {
  return randomBytes(18).toString('hex')
}

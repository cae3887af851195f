import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const ACCESS_FILE = 'pg_hba.conf'

/**
 * Who may log in: over the unix socket everybody who can open its directory (mode 0700), over TCP with a password,
 * since any user of the machine reaches 127.0.0.1.
 */
export function writeAccessFile(dataDirectory: string, major: number): void {
  const method = major >= 16 ? 'scram-sha-256' : 'md5'
  writeFileSync(join(dataDirectory, ACCESS_FILE), `local all all trust\nhost all all 127.0.0.1/32 ${method}\n`)
}

/** A password that needs no quoting in SQL or in a URL. */
export function makePassword(): string {
  return randomBytes(18).toString('hex')
}

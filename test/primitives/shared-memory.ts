import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The id of the System V segment that a running Postgres, or initdb, has written down in its data directory. */
export function segmentOf(dataDirectory: string): string | undefined {
  const line = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[6]
  return line?.trim().split(/\s+/)[1]
}

/** Whether the system has it; its second column is the id. */
export function hasSegment(id: string): boolean {
  return readFileSync('/proc/sysvipc/shm', 'utf8')
    .split('\n')
    .some((line) => line.trim().split(/\s+/)[1] === id)
}

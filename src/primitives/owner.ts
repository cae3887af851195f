import { readPidSpace, readStartTime } from './process-identity.js'

/** Who made something on disk: a process of one pid namespace in one boot of one machine. */
export interface Owner {
  readonly bootId: string
  readonly pidNamespace: string
  readonly pid: number
  readonly startTime: string | undefined
}

/** `unknown`: another pid namespace, where our view of pids says nothing. `rebooted`: made in another boot, or on another machine. */
export type OwnerState = 'alive' | 'dead' | 'unknown' | 'rebooted'

/** This process as an owner. */
export function readOwner(): Owner {
  return { ...readPidSpace(), pid: process.pid, startTime: readStartTime(process.pid) }
}

/** Whether `owner` still runs. Only reads; a pid of a foreign namespace is never consulted. */
export function readOwnerState(owner: Owner, here: Owner = readOwner()): OwnerState {
  if (owner.bootId !== here.bootId) return 'rebooted'
  if (owner.pidNamespace !== here.pidNamespace) return 'unknown'
  if (owner.startTime !== undefined) return readStartTime(owner.pid) === owner.startTime ? 'alive' : 'dead'
  return pidExists(owner.pid) ? 'alive' : 'dead'
}

/** An owner as part of a file name. */
export function formatOwner(owner: Owner): string {
  return [owner.bootId, owner.pidNamespace, String(owner.pid), owner.startTime ?? '']
    .map((part, index) => part.replaceAll(/[^A-Za-z0-9]/g, '') || (index < 2 ? 'x' : ''))
    .join('-')
}

/** What `formatOwner` wrote, or `undefined` for any other text. The two name parts come back without their punctuation. */
export function parseOwner(text: string): Owner | undefined {
  const match = /^(\w+)-(\w+)-(\d+)-(\w*)$/.exec(text)
  if (match === null) return undefined
  const [, bootId = '', pidNamespace = '', pid, startTime = ''] = match
  return {
    bootId,
    pidNamespace,
    pid: Number(pid),
    startTime: startTime === '' ? undefined : startTime,
  }
}

/** This process as `parseOwner` would give it back, to compare with what was parsed. */
export function readFormattedOwner(): Owner {
  const owner = parseOwner(formatOwner(readOwner()))
  if (owner === undefined) throw new Error('An owner must survive formatting.')
  return owner
}

function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

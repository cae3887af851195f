import { lstat, readFile, readdir, rm, stat } from 'node:fs/promises'
import { existsSync, readlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import { runCommand } from '../primitives/run-command.js'
import { readOwnerState, type Owner } from '../primitives/owner.js'
import { readStartTime, readWorkingDirectory } from '../primitives/process-identity.js'
import { HEARTBEAT_MS, KEPT_FILE, OWNER_FILE, OWNER_SOCKET, RUN_DIRECTORY_NAME, runDirectoryParents } from '../primitives/run-directory.js'
import { findUnprivilegedUser } from '../primitives/unprivileged-user.js'
import { wallClockMs } from '../primitives/real-time.js'

/** A run directory whose owner is gone. */
export interface Leftover {
  readonly path: string
  readonly why: string
  /** Left up on purpose (`keep`). */
  readonly kept: boolean
}

/** What the directory of a Postgres is called in that of its run. */
const POSTGRES_PLACE = /^(?:postgres|replica-\d+)$/
/** Without a heartbeat for this long, an owner that we cannot look up counts as dead. */
const SILENCE_MS = 10 * HEARTBEAT_MS
/** The programs that may be ended when they run in a leftover directory. */
const SERVER_PROGRAMS = ['postgres', 'redis-server', 'valkey-server', 'redis-check-rdb']

/** The run directories of this user, in all the places where they are made, whose owner no longer lives. Changes nothing. */
export async function findLeftovers(): Promise<readonly Leftover[]> {
  const found: Leftover[] = []
  for (const parent of runDirectoryParents()) {
    for (const name of await readdir(parent).catch(() => [])) {
      if (!RUN_DIRECTORY_NAME.test(name)) continue
      const path = join(parent, name)
      const why = (await isOurs(path)) ? await whyAbandoned(path) : undefined
      if (why !== undefined) found.push({ path, why, kept: existsSync(join(path, KEPT_FILE)) })
    }
  }
  return found
}

export interface SweepOptions {
  /** Also what was kept on purpose. @default false */
  readonly kept?: boolean
  /** Only these. @default all leftovers */
  readonly paths?: readonly string[] | undefined
}

/**
 * Ends the servers in leftover run directories and removes these. A process is signalled only when its program is a server of ours and its
 * working directory lies in the leftover; what was kept on purpose stays, unless asked for.
 */
export async function sweepLeftovers({ kept = false, paths }: SweepOptions = {}): Promise<readonly Leftover[]> {
  const leftovers = (await findLeftovers()).filter(
    (leftover) => (kept || !leftover.kept) && (paths === undefined || paths.includes(leftover.path)),
  )
  if (leftovers.length === 0) return []
  const processes = await readServerProcesses()
  for (const { path } of leftovers) {
    for (const { pid, startTime, directory } of processes) {
      if (directory === path || directory.startsWith(`${path}/`)) endProcess(pid, startTime)
    }
    for (const name of await readdir(path).catch(() => [])) if (POSTGRES_PLACE.test(name)) await removeSharedMemory(join(path, name))
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
  return leftovers
}

async function isOurs(path: string): Promise<boolean> {
  const facts = await lstat(path).catch(() => undefined)
  if (facts === undefined || !facts.isDirectory()) return false
  // As root, servers and their directories belong to another user.
  return facts.uid === process.getuid?.() || (process.getuid?.() === 0 && facts.uid === findUnprivilegedUser()?.uid)
}

/** Why the owner of a run directory counts as gone; `undefined` when it may live. */
async function whyAbandoned(path: string): Promise<string | undefined> {
  const file = join(path, OWNER_FILE)
  const facts = await stat(file).catch(() => undefined)
  if (facts === undefined) {
    const made = await stat(path).catch(() => undefined)
    const silent = made !== undefined && wallClockMs() - made.mtimeMs > SILENCE_MS
    return silent && (await holdsOnlyOurs(path)) ? 'has no owner' : undefined
  }
  const silent = wallClockMs() - facts.mtimeMs > SILENCE_MS
  const owner = await readStamp(file)
  if (owner === undefined) return silent ? 'has no owner' : undefined
  const state = readOwnerState(owner)
  if (state === 'alive') return undefined
  if (state === 'rebooted') return silent ? 'was made before the last boot, or on another machine' : undefined
  if (await accepts(join(path, OWNER_SOCKET))) return undefined
  if (state === 'unknown') return silent ? 'belongs to another container that is silent' : undefined
  return `its process ${owner.pid} is gone`
}

/** Whoever has made something else in a directory of our kind of name shall keep it. */
async function holdsOnlyOurs(path: string): Promise<boolean> {
  const names = await readdir(path).catch(() => ['unreadable'])
  return names.every((name) => [OWNER_SOCKET, KEPT_FILE, 'postgres'].includes(name) || /^(?:redis|replica)-\d+$/.test(name))
}

/** `undefined` when the stamp is just being written, or never was to its end. */
async function readStamp(file: string): Promise<Owner | undefined> {
  try {
    const { bootId, pidNamespace, pid, startTime } = JSON.parse(await readFile(file, 'utf8')) as Partial<Owner>
    return bootId === undefined || pidNamespace === undefined || pid === undefined ? undefined : { bootId, pidNamespace, pid, startTime }
  } catch {
    return undefined
  }
}

function accepts(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

interface ServerProcess {
  readonly pid: number
  readonly startTime: string
  readonly directory: string
}

async function readServerProcesses(): Promise<readonly ServerProcess[]> {
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter(Number.isInteger)
  const namespace = readNamespace('self')
  return pids.flatMap((pid) => {
    // A container's processes show here too, with directories as the container sees them.
    if (namespace === undefined || readNamespace(pid) !== namespace) return []
    const directory = readWorkingDirectory(pid)
    const startTime = readStartTime(pid)
    if (directory === undefined || startTime === undefined || !SERVER_PROGRAMS.includes(readProgram(pid))) return []
    return [{ pid, startTime, directory: directory.replace(/ \(deleted\)$/, '') }]
  })
}

function readNamespace(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return undefined
  }
}

function readProgram(pid: number): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '')
  } catch {
    return ''
  }
}

function endProcess(pid: number, startTime: string): void {
  if (readStartTime(pid) !== startTime) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended in this moment.
  }
}

/** A killed Postgres leaves its System V segment: line 7 of postmaster.pid names it. Removed only if that very process made it. */
async function removeSharedMemory(path: string): Promise<void> {
  const lines = (await readFile(join(path, 'data', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const [pid, id] = [lines[0]?.trim(), lines[6]?.trim().split(/\s+/)[1]]
  if (pid === undefined || id === undefined) return
  // Columns: key shmid perms size cpid …
  const segments = (await readFile('/proc/sysvipc/shm', 'utf8').catch(() => '')).split('\n').map((line) => line.trim().split(/\s+/))
  if (!segments.some((columns) => columns[1] === id && columns[4] === pid)) return
  await runCommand('ipcrm', { args: ['-m', id], timeoutMs: 5_000 }).catch(() => {})
}

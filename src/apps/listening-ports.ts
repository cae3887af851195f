import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** The state of a socket that listens, in /proc/net/tcp (proc(5)). */
const LISTEN = '0A'

/** The TCP ports that the processes of a group listen on, as far as that can be seen: on Linux, of one's own processes. */
export function readListeningPorts(leader: number): readonly number[] {
  const inodes = new Set(
    readOr<readonly string[]>(() => readdirSync('/proc'), [])
      .filter((name) => /^\d+$/.test(name) && groupOf(name) === groupOf(String(leader)))
      .flatMap(socketsOf),
  )
  const ports = ['tcp', 'tcp6'].flatMap((table) =>
    readOr(() => readFileSync(`/proc/net/${table}`, 'utf8'), '')
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
        return state === LISTEN && inodes.has(inode) ? [Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16)] : []
      }),
  )
  return [...new Set(ports)].toSorted((a, b) => a - b)
}

/** Field 5 of /proc/PID/stat. */
function groupOf(pid: string): string | undefined {
  return readOr(
    () =>
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[2],
    undefined,
  )
}

function socketsOf(pid: string): readonly string[] {
  return readOr<readonly string[]>(() => readdirSync(`/proc/${pid}/fd`), []).flatMap((descriptor) => {
    const inode = /^socket:\[(\d+)\]$/.exec(readOr(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`), ''))?.[1]
    return inode === undefined ? [] : [inode]
  })
}

function readOr<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}

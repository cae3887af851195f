import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * Where a pid means something: one boot of one machine and one pid namespace. In every container there is a pid 1.
 * On systems without /proc the host name stands for both.
 */
export interface PidSpace {
  readonly bootId: string
  readonly pidNamespace: string
}

export function readPidSpace(): PidSpace {
  return {
    bootId: readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), hostname()),
    pidNamespace: readOr(() => readlinkSync('/proc/self/ns/pid'), hostname()),
  }
}

/**
 * When the process with this pid started, in a form that only equality makes sense of; `undefined` when there is none, or only a zombie:
 * where nobody collects the dead (pid 1 of many containers) these stay for ever.
 * Linux: field 22 of /proc/PID/stat (proc(5)), in clock ticks since boot. Elsewhere unknown, so nothing is ever signalled there by pid.
 */
export function readStartTime(pid: number): string | undefined {
  // The name in field 2 may hold blanks and brackets: count from its end.
  const fields = readOr(
    () =>
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' '),
    [],
  )
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}

/** The working directory of a process, as far as it can be seen. */
export function readWorkingDirectory(pid: number): string | undefined {
  return readOr(() => readlinkSync(`/proc/${pid}/cwd`), undefined)
}

function readOr<T, U>(read: () => T, otherwise: U): T | U {
  try {
    return read()
  } catch {
    return otherwise
  }
}

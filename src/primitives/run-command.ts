import { spawn } from 'node:child_process'
import { HotbedError } from './error.js'
import type { ProcessUser } from './supervised-process.js'

export interface CommandOptions {
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly user?: ProcessUser | undefined
  /** The command gets SIGKILL after this. */
  readonly timeoutMs: number
  /** Runs `command` by the shell, as one string. */
  readonly shell?: boolean
  /** When our own process dies, the command is killed with everything it started. Costs a shell. @default false */
  readonly endWithUs?: boolean
  /** With `endWithUs`: a line for the shell, run before that. @default nothing */
  readonly ending?: string
  /** Called with each chunk of output, for commands a person waits for. */
  readonly onOutput?: (text: string) => void
}

export interface CommandOutput {
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs its arguments but for the first as a command, whose status it ends with. The end of the pipe at descriptor 3 means that we are dead: then the first
 * is run as a line for the shell, and the whole group gets SIGKILL, this shell included.
 */
const GUARD_SCRIPT = `
ending=$1
shift
"$@" 3<&- &
command=$!
(read -r _ <&3; eval "$ending"; kill -s KILL 0) >/dev/null 2>&1 &
reader=$!
wait "$command"
status=$?
kill -s KILL "$reader"
exit "$status"
`

/**
 * Runs a command to its end.
 *
 * @throws {HotbedError} `ERR_HOTBED_COMMAND` when it cannot be run, exits with another status than 0 or takes too long:
 * with the command line, the status and the last lines it printed.
 */
export function runCommand(command: string, options: CommandOptions): Promise<CommandOutput> {
  const { args = [], cwd, env, user, timeoutMs, shell = false, endWithUs = false, ending = '', onOutput } = options
  const line = [command, ...args].join(' ')
  return new Promise((resolve, reject) => {
    const own = shell && endWithUs ? ['/bin/sh', '-c', line] : [command, ...args]
    const child = spawn(endWithUs ? '/bin/sh' : command, endWithUs ? ['-c', GUARD_SCRIPT, 'hotbed-command', ending, ...own] : args, {
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      ...user,
      shell: shell && !endWithUs,
      // A group of its own, so that a late command is killed with everything it started.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', endWithUs ? 'pipe' : 'ignore'],
    })
    const guard = child.stdio[3]
    guard?.on('error', () => {})
    child.once('exit', () => guard?.destroy())
    const output = { stdout: '', stderr: '' }
    let all = ''
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        output[name] += text
        all = (all + text).slice(-20_000)
        onOutput?.(text)
      })
    }
    const fail = (message: string, cause?: unknown): void =>
      reject(new HotbedError('ERR_HOTBED_COMMAND', { message, log: lastLines(all), cause }))
    const timer = setTimeout(() => {
      fail(`The command '${line}' did not end within ${timeoutMs} ms and was stopped.`)
      if (child.pid !== undefined) killGroup(child.pid)
    }, timeoutMs)
    child.once('error', (error) => {
      clearTimeout(timer)
      fail(`The command '${line}' could not be run: ${error.message}.`, error)
    })
    child.once('close', (status, signal) => {
      clearTimeout(timer)
      if (status === 0) resolve(output)
      else fail(`The command '${line}' ended with ${signal === null ? `status ${status}` : `signal ${signal}`}.`)
    })
  })
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended in this moment.
  }
}

function lastLines(text: string): readonly string[] {
  return text.trimEnd() === '' ? [] : text.trimEnd().split('\n').slice(-20)
}

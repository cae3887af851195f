import { spawn } from 'node:child_process'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { SUPERVISOR_SCRIPT } from './supervisor-script.js'

/** The user a process runs as. */
export interface ProcessUser {
  readonly uid: number
  readonly gid: number
}

/** A shell's background process starts with INT and QUIT ignored: name these only for a process that sets handlers of its own. */
export type StopSignal = 'INT' | 'TERM' | 'QUIT' | 'KILL'

export interface SupervisedProcessOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Runs the process, and its supervisor, as this user. Needs root. */
  readonly user?: ProcessUser | undefined
  /** Standard output and error of the process go here. */
  readonly logFile: string
  /** Removed when the process has been stopped, also when it is our own death that stops it. */
  readonly directory: string
  /** Removed as well when our own process dies: the directory of the whole run. */
  readonly runDirectory?: string | undefined
  /** A line for the shell, run before the command, which then takes its place: cheaper than a process that we start. Ends the process when it fails. */
  readonly before?: string | undefined
  /** A line for the shell that is run beside the command, from when it is started. Nothing is removed before it has ended. */
  readonly beside?: string | undefined
  /** Sent by `stop()` and when our own process dies. */
  readonly stopSignal: StopSignal
  /** After this long the process gets SIGKILL. @default 5000 */
  readonly graceMs?: number
  /** Shell script run after the process has ended, with `directory` as `$1`: what a killed process could not put away. */
  readonly endScript?: string
  /** When the process has ended, what it has started and left gets SIGKILL. @default false */
  readonly endsGroup?: boolean
}

/** How a process ended: `status` as the shell says it (128 + n for signal n). */
export interface ProcessExit {
  readonly status: number
}

/** A running server process that cannot outlive us. */
export interface SupervisedProcess {
  /** The pid of the process itself, not of its supervisor. */
  readonly pid: number
  /** Settles when what is run `beside` it has ended; at once when there is nothing. Never rejects. */
  readonly besideEnded: Promise<ProcessExit>
  /** Settles when the process has ended, whoever ended it. Never rejects. */
  readonly exited: Promise<ProcessExit>
  /** The exit, once it has happened. */
  readonly exit: () => ProcessExit | undefined
  /** The last lines of its log. Readable until `stop()` has settled. */
  readonly lastLog: (lines?: number) => readonly string[]
  /**
   * Ends the process and removes its directory, or keeps it. Settles when both are done; a second call waits for the first. Does nothing
   * after `leave()`.
   */
  readonly stop: (options?: { readonly signal?: StopSignal; readonly keepDirectory?: boolean }) => Promise<void>
  /** Lets the process outlive us. Its directories are still removed when it ends. */
  readonly leave: () => void
}

/** Starts `command` under a supervisor (see `SUPERVISOR_SCRIPT`). Settles when the process has a pid. */
export async function startSupervisedProcess(options: SupervisedProcessOptions): Promise<SupervisedProcess> {
  const {
    command,
    args,
    logFile,
    directory,
    stopSignal,
    graceMs = 5000,
    endScript = '',
    endsGroup = false,
    before = '',
    beside = '',
  } = options
  const runDirectory = options.runDirectory ?? ''
  const supervisor = spawn(
    '/bin/sh',
    [
      '-c',
      SUPERVISOR_SCRIPT,
      'hotbed-supervisor',
      stopSignal,
      String(Math.ceil(graceMs / 10)),
      directory,
      runDirectory,
      logFile,
      endScript,
      endsGroup ? 'group' : '',
      before,
      beside,
      command,
      ...args,
    ],
    {
      cwd: options.cwd ?? '/',
      env: options.env,
      // A session of its own: Ctrl-C in the terminal reaches us first, and we decide.
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
      ...options.user,
    },
  )
  const control = supervisor.stdio[3] as Writable
  const messages = supervisor.stdout as Readable
  // A supervisor that somebody killed must not crash us by a broken pipe.
  control.on('error', () => {})
  // Also when somebody killed it: what is left of it then ends the process.
  supervisor.once('exit', () => control.destroy())
  const gone = new Promise<void>((resolve) => supervisor.once('close', () => resolve()))
  const exitReport = createResolvers<ProcessExit>()
  const besideReport = createResolvers<ProcessExit>()
  if (beside === '') besideReport.resolve({ status: 0 })
  let exit: ProcessExit | undefined
  const report = (seen: ProcessExit): void => {
    exit ??= seen
    exitReport.resolve(exit)
  }

  const pid = await new Promise<number>((resolve, reject) => {
    supervisor.once('error', reject)
    supervisor.once('close', () => {
      reject(new Error('The supervisor ended before it had started the process.'))
      report({ status: 137 })
      besideReport.resolve({ status: 137 })
    })
    createInterface({ input: messages }).on('line', (line) => {
      const [word, value] = line.split(' ')
      if (word === 'pid') resolve(Number(value))
      if (word === 'exit') report({ status: Number(value) })
      if (word === 'beside') besideReport.resolve({ status: Number(value) })
    })
  })

  let left = false
  let stopping: Promise<void> | undefined
  // An idle server must not keep a finished test run alive; the pipe closes when we go. Before it is idle somebody may wait for it.
  void besideReport.promise.then(() => {
    if (stopping !== undefined) return
    supervisor.unref()
    for (const stream of [control, messages]) (stream as unknown as { unref?: () => void }).unref?.()
  })
  return {
    pid,
    besideEnded: besideReport.promise,
    exited: exitReport.promise,
    exit: () => exit,
    leave: () => {
      left = true
      control.end('leave\n')
    },
    lastLog: (lines = 20) => readLastLines(logFile, lines),
    stop: ({ signal, keepDirectory = false } = {}) => {
      stopping ??= (async () => {
        if (left) return
        supervisor.ref()
        control.write(`${signal ?? stopSignal} ${keepDirectory ? 'keep' : 'remove'}\n`)
        void exitReport.promise.then(() => control.end('alive\n'))
        await gone
        // The supervisor has done it, unless somebody killed it.
        if (!keepDirectory) await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
      })()
      return stopping
    },
  }
}

const TAIL_BYTES = 16_384

function readLastLines(file: string, lines: number): readonly string[] {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch {
    return []
  }
  try {
    const { size } = fstatSync(descriptor)
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES))
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length)
    const text = buffer.toString('utf8').trimEnd()
    return text === '' ? [] : text.split('\n').slice(-lines)
  } finally {
    closeSync(descriptor)
  }
}

interface Resolvers<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
}

function createResolvers<T>(): Resolvers<T> {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, vi } from 'vitest'

/** Where child processes import the package from. */
export const DIST: string = new URL('../../dist/', import.meta.url).href

/** Whether a module in TypeScript can be imported without a runner. */
export const readsTypeScript: boolean = Boolean(Reflect.get(process.features, 'typescript'))

/** How long what is certain to happen may take on a busy machine. */
export const SOON: { readonly timeout: number; readonly interval: number } = { timeout: 20_000, interval: 10 }

/** A node process that runs a script. */
export interface Child {
  readonly pid: number
  /** Settles with the rest of the first line on standard output that begins with `word`; rejects when the process ends without it. */
  readonly said: (word: string) => Promise<string>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly ended: Promise<{
    readonly status: number | null
    readonly signal: NodeJS.Signals | null
    readonly stdout: string
    readonly stderr: string
  }>
}

export interface ChildOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly uid?: number
  readonly gid?: number
  /** A command that runs node, such as `unshare`. */
  readonly through?: readonly string[]
}

const children = new Set<Child>()

afterEach(async () => {
  for (const child of children) {
    child.kill('SIGKILL')
    await child.ended
  }
  children.clear()
})

/** Runs an ES module in a process of its own, which is killed after the test. `say(word, value)` prints a line for `said`. */
export function startChild(script: string, { through = [], env = {}, ...options }: ChildOptions = {}): Child {
  const say = "const say = (word, value = '') => process.stdout.write(`${word} ${value}\\n`)\n"
  const words = [...through, process.execPath, '--input-type=module', '-e', say + script]
  const spawned = spawn(words[0] ?? '', words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env }, ...options })
  const output = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    spawned[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      for (const listener of listeners) listener()
    })
  }
  let isOver = false
  const ended = new Promise<Awaited<Child['ended']>>((resolve, reject) => {
    spawned.once('error', reject)
    spawned.once('close', (status, signal) => {
      isOver = true
      resolve({ status, signal, ...output })
      for (const listener of listeners) listener()
    })
  })
  const child: Child = {
    pid: spawned.pid ?? 0,
    ended,
    kill: (signal) => void spawned.kill(signal),
    said: (word) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const line = output.stdout
            .split('\n')
            .slice(0, -1)
            .find((text) => text.startsWith(`${word} `))
          if (line !== undefined) resolve(line.slice(word.length + 1))
          else if (isOver) reject(new Error(`The process ended without saying '${word}': ${output.stdout}${output.stderr}`))
          else return
          listeners.delete(look)
        }
        listeners.add(look)
        look()
      }),
  }
  children.add(child)
  return child
}

const directories: string[] = []

afterAll(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

/** A temporary directory with a short path, removed after the file's tests. */
export function makeTemporary(parent: string = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'ht-'))
  // The user that servers run as must get through.
  chmodSync(directory, 0o755)
  directories.push(directory)
  return directory
}

/** A place for run directories, in memory where there is memory, with the mode that such places have. */
export function makeRunParent(): string {
  const parent = makeTemporary(existsSync('/dev/shm') ? '/dev/shm' : tmpdir())
  chmodSync(parent, 0o1777)
  return parent
}

export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Command lines of the processes that work in `directory` or name it. */
export function processesOf(directory: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        const at = readlinkSync(`/proc/${pid}/cwd`)
        return command !== '' && `${command} ${at}/`.includes(directory) ? [`${pid}: ${command.slice(-200)}`] : []
      } catch {
        return []
      }
    })
}

/** What is left of runs whose directories were made in `parent`. */
export function leftIn(parent: string): readonly string[] {
  return [...readdirSync(parent), ...processesOf(parent)]
}

/** Gives each test a place of its own for run directories; whatever the test does, nothing stays there. */
export function useRunParent(): () => string {
  let runs: string
  beforeEach(() => {
    runs = makeRunParent()
    vi.stubEnv('HOTBED_RUN_DIRECTORY', runs)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await expect.poll(() => leftIn(runs), SOON).toEqual([])
  })
  return () => runs
}

const canUnshare = spawnSync('unshare', ['--mount', '--pid', '--fork', '--mount-proc', 'true']).status === 0

/** Why namespaces of one's own cannot be had here; `undefined` when they can. */
export const noNamespaces: string | undefined = canUnshare ? undefined : 'unshare is not permitted here'

/** Runs a child in a mount namespace of its own, after `shell` has changed what is mounted there. */
export function inMountNamespace(shell: string): readonly string[] {
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', `${shell} && exec "$@"`, 'sh']
}

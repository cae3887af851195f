import { spawn, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, onTestFinished } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))
const VITEST = join(REPOSITORY, 'node_modules/vitest/vitest.mjs')
const RUN_TIMEOUT_MS = 90_000

/** A package with hotbed installed from the built files, for the tests of one file. Gone with them. */
export interface Consumer {
  /** A vitest project of this package. */
  readonly project: (files: Readonly<Record<string, string>>) => Project
}

export interface Project {
  readonly directory: string
  /** Where its servers keep their files. */
  readonly runs: string
  readonly write: (files: Readonly<Record<string, string>>) => void
  /** `vitest run`, to its end. */
  readonly run: (args?: readonly string[], env?: Readonly<Record<string, string>>) => Promise<FinishedRun>
  /** `vitest run`, or any other program of Node, in a process group of its own. */
  readonly start: (args?: readonly string[]) => StartedRun
  /** What test files have told by `report`, so far. */
  readonly reports: () => readonly Report[]
  /** What is there of hotbed: run directories, temporary files, and processes that work in them. */
  readonly leftovers: () => readonly string[]
}

/** What `report(facts)` of a test file told. */
export type Report = Readonly<Record<string, string | number | boolean | undefined>>

export interface FinishedRun {
  readonly status: number | null
  readonly output: string
  readonly reports: readonly Report[]
}

export interface StartedRun {
  /** Its id is that of the group, too. */
  readonly process: ChildProcess
  readonly output: () => string
  /** Settles when the output, read from `from` on, holds `text`. */
  readonly says: (text: string, from?: number) => Promise<void>
  readonly ended: Promise<number | null>
}

/** `./report.ts` of every project. */
const REPORT = `
import { appendFileSync } from 'node:fs'
export function report(facts: object): void {
  appendFileSync(new URL('./reports.jsonl', import.meta.url), JSON.stringify({ pid: process.pid, ...facts }) + '\\n')
}
`

/** Installs a consumer before the tests of the file and removes it after them. */
export function useConsumer(): Consumer {
  let root = ''
  let runs = ''
  let number = 0
  beforeAll(() => {
    root = mkdtempSync(join(REPOSITORY, 'test/.tmp-consumer-'))
    runs = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'consumer-'))
    chmodSync(runs, 0o711)
    // With a package.json of its own: else `hotbed` would be the repository itself, which vitest treats as source.
    writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module' }))
    const installed = join(root, 'node_modules/hotbed')
    cpSync(join(REPOSITORY, 'dist'), join(installed, 'dist'), { recursive: true })
    cpSync(join(REPOSITORY, 'package.json'), join(installed, 'package.json'))
  })
  afterAll(() => {
    rmSync(root, { recursive: true, force: true })
    rmSync(runs, { recursive: true, force: true })
  })
  return {
    project: (files) => {
      number += 1
      const project = makeProject(join(root, `project-${number}`), join(runs, String(number)))
      project.write({ 'report.ts': REPORT, ...files })
      return project
    },
  }
}

function makeProject(directory: string, runs: string): Project {
  const temporary = join(directory, 'tmp')
  mkdirSync(temporary, { recursive: true })
  mkdirSync(runs, { recursive: true })
  // Like /tmp: a supervisor that runs as another user removes its own directory, and no other.
  chmodSync(runs, 0o1777)
  const start = (args: readonly string[] = [VITEST, 'run'], variables: Readonly<Record<string, string>> = {}): StartedRun => {
    const env = { ...withoutVitest(process.env), HOTBED_RUN_DIRECTORY: runs, TMPDIR: temporary, NO_COLOR: '1', ...variables }
    const run = follow(spawn(process.execPath, args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true }))
    onTestFinished(() => endGroup(Number(run.process.pid)))
    return run
  }
  const reports = (): readonly Report[] => {
    const file = join(directory, 'reports.jsonl')
    if (!existsSync(file)) return []
    return readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Report)
  }
  return {
    directory,
    runs,
    reports,
    start: (args) => start(args),
    write: (files) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, name)), { recursive: true })
        writeFileSync(join(directory, name), text)
      }
    },
    run: async (args = [], variables = {}) => {
      const before = reports().length
      const run = start([VITEST, 'run', ...args], variables)
      const timer = setTimeout(() => run.process.kill('SIGKILL'), RUN_TIMEOUT_MS)
      const status = await run.ended
      clearTimeout(timer)
      return { status, output: run.output(), reports: reports().slice(before) }
    },
    leftovers: () => [...readdirSync(runs), ...readdirSync(temporary).filter((name) => name.includes('hotbed')), ...processesIn(runs)],
  }
}

function follow(process: ChildProcess): StartedRun {
  let output = ''
  const listeners = new Set<() => void>()
  for (const stream of [process.stdout, process.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
      for (const listener of listeners) listener()
    })
  }
  const ended = once(process, 'close').then(([status]) => status as number | null)
  return {
    process,
    output: () => output,
    ended,
    says: (text, from = 0) =>
      new Promise((resolve, reject) => {
        const listener = (): void => {
          if (!output.slice(from).includes(text)) return
          listeners.delete(listener)
          resolve()
        }
        listeners.add(listener)
        listener()
        void ended.then(() => reject(new Error(`The run ended without saying '${text}':\n${output}`)))
      }),
  }
}

/** Workers of vitest may outlive its main process. */
function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // Nobody is left.
  }
}

/** The environment as it is outside a test run. */
function withoutVitest(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) => !/^(VITEST|NODE_ENV$|TEST$|DEV$|PROD$|SSR$|MODE$|BASE_URL$)/.test(name)),
  )
}

/** Processes whose working directory lies in `parent`. */
function processesIn(parent: string): readonly string[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const directory = readlinkSync(`/proc/${pid}/cwd`)
        return directory.startsWith(parent) ? [`process ${pid} in ${directory}`] : []
      } catch {
        return []
      }
    })
}

/** A config with the plugin. `test` is further text of its `test` section. */
export function config(options: string, test = ''): string {
  return `
import { hotbed } from 'hotbed/vitest/plugin'
import { defineConfig } from 'vitest/config'
export default defineConfig({ plugins: [hotbed(${options})], test: { include: ['**/*.check.ts'], ${test} } })
`
}

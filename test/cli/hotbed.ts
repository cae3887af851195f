import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

/** How the command line ended. */
export interface Ending {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command line under way. */
export interface Running {
  readonly child: ChildProcess
  /** Settles when its output contains `text`; rejects when it ends before. */
  readonly prints: (text: string) => Promise<string>
  readonly ended: Promise<Ending>
}

export interface Surroundings {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

export function startHotbed(args: readonly string[], { cwd, env = {} }: Surroundings = {}): Running {
  return follow(spawn(process.execPath, [MAIN, ...args], { ...(cwd === undefined ? {} : { cwd }), env: plain(env) }))
}

export function runHotbed(args: readonly string[], surroundings: Surroundings = {}): Promise<Ending> {
  return startHotbed(args, surroundings).ended
}

/** A module that uses the built package, in a process of its own. */
export function runModule(source: string, env: NodeJS.ProcessEnv = {}): Promise<Ending> {
  return follow(spawn(process.execPath, ['--input-type=module', '-e', source], { env: plain(env) })).ended
}

/** True where processes can be looked at. */
export const hasProc: boolean = existsSync('/proc/self/stat')

/** Where the user that servers run as may look: under no home. */
export function makeDirectory(): string {
  const path = mkdtempSync(join('/var/tmp', 'hotbed-cli-'))
  chmodSync(path, 0o755)
  return path
}

export function removeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true })
}

/** Without colours, and without what vitest adds. */
function plain(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, FORCE_COLOR: __, ...inherited } = process.env
  return { ...inherited, NO_COLOR: '1', NODE_DEBUG: '', ...env }
}

function follow(child: ChildProcess): Running {
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      child.emit('printed')
    })
  const ended = once(child, 'close').then(([status]) => ({ status: status as number | null, ...output }))
  const prints = async (text: string): Promise<string> => {
    const over = ended.then(({ stdout, stderr }) => {
      throw new Error(`It ended without printing '${text}', but:\n${stdout}${stderr}`)
    })
    over.catch(() => {})
    while (!output.stdout.includes(text)) await Promise.race([once(child, 'printed'), over])
    return output.stdout
  }
  return { child, prints, ended }
}

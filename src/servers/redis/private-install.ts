import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What `installRedis` left in our cache. Paths are relative, so that a cache may be moved or restored in CI. */
export interface PrivateInstall {
  readonly binary: string
  readonly libraries: readonly string[]
  /** Where it came from, for people: `redis-server 5:7.0.15-1~deb12u7 …`. */
  readonly origin: readonly string[]
}

export const PRIVATE_INSTALL_FILE = 'hotbed-redis.json'

/** Its place: apart for each system, because the programs lean on the libraries of the system they were made for. */
export function privateInstallDirectory(cacheDirectory: string, osReleaseFile = '/etc/os-release'): string {
  return join(cacheDirectory, 'redis', [process.platform, process.arch, ...readSystemName(osReleaseFile)].join('-'))
}

/** The install in `directory` with absolute paths; `undefined` when there is none. */
export function readPrivateInstall(directory: string): PrivateInstall | undefined {
  try {
    const install: unknown = JSON.parse(readFileSync(join(directory, PRIVATE_INSTALL_FILE), 'utf8'))
    if (!isPrivateInstall(install)) return undefined
    return {
      ...install,
      binary: join(directory, install.binary),
      libraries: install.libraries.map((library) => join(directory, library)),
    }
  } catch {
    return undefined
  }
}

function isPrivateInstall(value: unknown): value is PrivateInstall {
  if (typeof value !== 'object' || value === null) return false
  const { binary, libraries, origin } = value as Record<string, unknown>
  return typeof binary === 'string' && isTextList(libraries) && isTextList(origin)
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function readSystemName(osReleaseFile: string): readonly string[] {
  try {
    const text = readFileSync(osReleaseFile, 'utf8')
    return ['ID', 'VERSION_ID'].flatMap((name) => new RegExp(`^${name}="?([\\w.]+)`, 'm').exec(text)?.[1] ?? [])
  } catch {
    return []
  }
}

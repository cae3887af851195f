import { lstatSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import { resolveCacheDirectory } from '../../primitives/cache-directory.js'
import { readEnvironment } from '../../primitives/environment.js'
import type { ProviderName, RedisServerOptions } from '../server.js'
import { privateInstallDirectory, readPrivateInstall } from './private-install.js'
import { redisMemoryServerBuilds } from './redis-memory-server.js'

/** What the search leans on; all of it can be given, for tests and for other projects' directories. */
export interface RedisSearchContext {
  /** @default process.env */
  readonly variables?: NodeJS.ProcessEnv | undefined
  /** @default resolveCacheDirectory() */
  readonly cacheDirectory?: string | undefined
  /** Its `node_modules`, and those of its parents, may hold a build of redis-memory-server. @default process.cwd() */
  readonly projectDirectory?: string | undefined
  /** Looked through after the PATH. @default the usual ones */
  readonly systemDirectories?: readonly string[] | undefined
}

const PROGRAMS = ['redis-server', 'valkey-server']
const SYSTEM_DIRECTORIES = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/redis-stack/bin', '/home/linuxbrew/.linuxbrew/bin']

/** A file that may be the program. */
export interface Candidate {
  readonly path: string
  readonly source: string
  readonly provider: ProviderName
  readonly libraries?: readonly string[]
}

/** Every place that may hold a program, in order. Places with nothing in them are noted. */
export function* redisPlaces(
  { binary, provider }: Pick<RedisServerOptions, 'binary' | 'provider'>,
  context: RedisSearchContext,
  note: (place: string, outcome: string) => void,
): Generator<Candidate> {
  const { variables = process.env, projectDirectory = process.cwd() } = context
  if (binary !== undefined) {
    yield {
      path: resolve(projectDirectory, binary),
      source: 'option `binary`',
      provider: provider ?? 'system',
      libraries: librariesBeside(binary, context),
    }
    return
  }
  const { redisBinary } = readEnvironment(variables)
  if (redisBinary !== undefined) {
    yield {
      path: resolve(projectDirectory, redisBinary),
      source: 'HOTBED_REDIS_BINARY',
      provider: 'system',
      libraries: librariesBeside(redisBinary, context),
    }
    return
  }
  if (provider !== 'embedded') yield* systemCandidates(variables, context.systemDirectories ?? SYSTEM_DIRECTORIES, note)
  if (provider !== 'system') yield* embeddedCandidates(context, projectDirectory, note)
}

function* systemCandidates(
  variables: NodeJS.ProcessEnv,
  systemDirectories: readonly string[],
  note: (place: string, outcome: string) => void,
): Generator<Candidate> {
  const fromPath = (variables['PATH'] ?? '').split(delimiter).filter(isAbsolute)
  const seen = new Set<string>()
  for (const [source, directories] of [
    ['PATH', fromPath],
    ['usual directory', systemDirectories],
  ] as const) {
    let found = false
    for (const directory of directories) {
      for (const program of PROGRAMS) {
        const path = join(directory, program)
        if (seen.has(path) || !isThere(path)) continue
        seen.add(path)
        found = true
        yield { path, source, provider: 'system' }
      }
    }
    if (!found) note(source === 'PATH' ? 'PATH' : directories.join(', '), `no ${PROGRAMS.join(' or ')}`)
  }
}

function* embeddedCandidates(
  context: RedisSearchContext,
  projectDirectory: string,
  note: (place: string, outcome: string) => void,
): Generator<Candidate> {
  const cacheDirectory = context.cacheDirectory ?? resolveCacheDirectory(context.variables)
  const directory = privateInstallDirectory(cacheDirectory)
  const install = readPrivateInstall(directory)
  if (install === undefined) note(directory, 'nothing installed')
  else
    yield {
      path: install.binary,
      source: 'hotbed install',
      provider: 'embedded',
      libraries: install.libraries,
    }

  const builds = [...redisMemoryServerBuilds(cacheDirectory, projectDirectory)]
  if (builds.length === 0) note('redis-memory-server', 'has built nothing here')
  for (const path of builds) yield { path, source: 'redis-memory-server', provider: 'embedded' }
}

/** Somebody may name the program in our own cache, which needs the libraries beside it. */
function librariesBeside(binary: string, context: RedisSearchContext): readonly string[] {
  try {
    const install = readPrivateInstall(privateInstallDirectory(context.cacheDirectory ?? resolveCacheDirectory(context.variables)))
    return install !== undefined && install.binary === resolve(binary) ? install.libraries : []
  } catch {
    return []
  }
}

/** A dangling link too: whoever made it will want to know. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

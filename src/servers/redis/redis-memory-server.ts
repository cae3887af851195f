import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where we have it build. */
export function redisMemoryServerDirectory(cacheDirectory: string): string {
  return join(cacheDirectory, 'redis', 'redis-memory-server')
}

/**
 * Programs that redis-memory-server has built, for us or by itself: `VERSION/redis-server` in our cache, and in
 * `node_modules/.cache/redis-memory-server/redis-binaries` of the project and the directories above it.
 */
export function* redisMemoryServerBuilds(cacheDirectory: string, projectDirectory: string): Generator<string> {
  yield* buildsIn(redisMemoryServerDirectory(cacheDirectory))
  for (let directory = projectDirectory; ; directory = dirname(directory)) {
    yield* buildsIn(join(directory, 'node_modules', '.cache', 'redis-memory-server', 'redis-binaries'))
    if (dirname(directory) === directory) return
  }
}

function* buildsIn(directory: string): Generator<string> {
  for (const version of listDirectory(directory).toSorted().toReversed()) {
    if (listDirectory(join(directory, version)).includes('redis-server')) yield join(directory, version, 'redis-server')
  }
}

function listDirectory(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

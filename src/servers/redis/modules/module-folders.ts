import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expandPattern } from '../../expand-pattern.js'

/**
 * Where module files lie: Debian and redis.io's own packages; `make install` of Redis 8 and its image; redis-stack; Valkey; Fedora; Homebrew.
 * `*` stands for one folder's name.
 */
const MODULE_FOLDERS: readonly string[] = [
  '/usr/lib/redis/modules',
  '/usr/local/lib/redis/modules',
  '/opt/redis-stack/lib',
  '/usr/lib/valkey/modules',
  '/usr/lib/valkey',
  '/usr/lib64/redis/modules',
  '/usr/lib64/valkey/modules',
  '/opt/homebrew/lib/redis/modules',
  '/opt/homebrew/Caskroom/redis/*/lib/redis/modules',
  '/opt/homebrew/Caskroom/redis-stack-server/*/lib',
  '/usr/local/Caskroom/redis/*/lib/redis/modules',
  '/usr/local/Caskroom/redis-stack-server/*/lib',
]

/** Where files of a program's modules may lie: beside it first, which are its own, then in the usual folders. */
export function moduleFoldersOf(program: string, folders: readonly string[] = MODULE_FOLDERS): readonly string[] {
  const above = join(dirname(realpathSync(program)), '..')
  return [...new Set([join(above, 'lib/redis/modules'), join(above, 'lib'), ...folders])]
}

/** The files of these names that there are, in the order of the folders. */
export function findModuleFiles(names: readonly string[], folders: readonly string[]): readonly string[] {
  const files = folders.flatMap(expandPattern).flatMap((folder) => names.map((name) => join(folder, name)))
  return [...new Set(files.filter((file) => existsSync(file)).map((file) => realpathSync(file)))]
}

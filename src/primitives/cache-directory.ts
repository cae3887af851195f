import { accessSync, chmodSync, constants, lstatSync } from 'node:fs'
import { platform, tmpdir, userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { readEnvironment } from './environment.js'
import { HotbedError } from './error.js'
import { makePassableDirectory } from './own-files.js'

/**
 * The directory for what outlives a run (images, copied binaries, downloads), made when it is missing. The first that works of:
 * `HOTBED_CACHE_DIRECTORY`; the user's cache directory (`XDG_CACHE_HOME`, `~/Library/Caches`, `~/.cache`);
 * `/var/tmp/hotbed-UID`. Root always gets the last, because the unprivileged user that Postgres then runs as
 * cannot look into a home of mode 0700.
 *
 * Each is refused when it belongs to somebody else: what is in it gets executed.
 *
 * @throws {HotbedError} `ERR_HOTBED_CACHE_DIRECTORY` with what was tried.
 */
export function resolveCacheDirectory(variables: NodeJS.ProcessEnv = process.env): string {
  const tried: string[] = []
  for (const directory of candidates(variables)) {
    const reason = claimDirectory(directory)
    if (reason === undefined) return directory
    tried.push(`${directory}: ${reason}`)
  }
  throw new HotbedError('ERR_HOTBED_CACHE_DIRECTORY', {
    message: `No directory can be used as cache. Tried:\n  ${tried.join('\n  ')}`,
    remedy: 'Set HOTBED_CACHE_DIRECTORY to a directory of yours that can be written.',
  })
}

function candidates(variables: NodeJS.ProcessEnv): readonly string[] {
  const { cacheDirectory } = readEnvironment(variables)
  if (cacheDirectory !== undefined) return [resolve(cacheDirectory)]
  const uid = process.getuid?.() ?? 0
  const shared = `/var/tmp/hotbed-${uid}`
  return uid === 0 ? [shared] : [join(userCacheDirectory(variables), 'hotbed'), shared]
}

function userCacheDirectory(variables: NodeJS.ProcessEnv): string {
  const configured = variables['XDG_CACHE_HOME']
  if (configured !== undefined && isAbsolute(configured)) return configured
  const home = variables['HOME'] || homedirOrTemporary()
  return platform() === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache')
}

/** `docker run --user 1234` gives a user whom no file knows. */
function homedirOrTemporary(): string {
  try {
    return userInfo().homedir
  } catch {
    return tmpdir()
  }
}

/** Why `directory` cannot be ours, or `undefined` when it can. */
function claimDirectory(directory: string): string | undefined {
  try {
    makePassableDirectory(directory)
    const facts = lstatSync(directory)
    if (!facts.isDirectory()) return 'is no directory'
    if (process.getuid !== undefined && facts.uid !== process.getuid()) return `belongs to user ${facts.uid}`
    // Nobody else may write; as root, the user that servers run as must get through, whatever the umask.
    const mode = (facts.mode & 0o755) | (process.getuid?.() === 0 ? 0o055 : 0)
    if ((facts.mode & 0o777) !== mode) chmodSync(directory, mode)
    accessSync(directory, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

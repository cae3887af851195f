import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { resolveCacheDirectory } from '../../src/primitives/cache-directory.js'
import { DIST, makeTemporary, startChild } from './child.js'

const isRoot = process.getuid?.() === 0
/** Of nobody: a user that no file of the machine knows, as `docker run --user` gives. */
const STRANGER = 61_234

afterAll(() => {
  if (isRoot) rmSync(`/var/tmp/hotbed-${STRANGER}`, { recursive: true, force: true })
})

/** What a process of `STRANGER` resolves. */
async function resolveAsStranger(variables: NodeJS.ProcessEnv): Promise<string> {
  const child = startChild(
    `
    const { resolveCacheDirectory } = await import('${DIST}primitives/cache-directory.js')
    say('cache', resolveCacheDirectory(${JSON.stringify(variables)}))`,
    { uid: STRANGER, gid: STRANGER, cwd: '/', env: { HOME: '/nowhere' } },
  )
  return child.said('cache')
}

test('HOTBED_CACHE_DIRECTORY stands before everything else and is made', () => {
  const directory = join(makeTemporary(), 'deep', 'cache')
  expect(resolveCacheDirectory({ HOTBED_CACHE_DIRECTORY: directory, XDG_CACHE_HOME: '/nowhere' })).toBe(directory)
  expect(existsSync(directory)).toBe(true)
})

test('a relative HOTBED_CACHE_DIRECTORY is one of the working directory', () => {
  const directory = makeTemporary()
  expect(resolveCacheDirectory({ HOTBED_CACHE_DIRECTORY: relative(process.cwd(), directory) })).toBe(directory)
})

test('nobody else may write into the cache', () => {
  const directory = makeTemporary()
  chmodSync(directory, 0o777)
  resolveCacheDirectory({ HOTBED_CACHE_DIRECTORY: directory })
  expect(statSync(directory).mode & 0o022).toBe(0)
})

test.skipIf(!isRoot)('the cache of root lies outside its home, where the user of the servers gets through whatever the umask', () => {
  expect(resolveCacheDirectory({ HOME: '/root', XDG_CACHE_HOME: '/root/.cache' })).toBe('/var/tmp/hotbed-0')
  const before = process.umask(0o077)
  try {
    const directory = resolveCacheDirectory({ HOTBED_CACHE_DIRECTORY: join(makeTemporary(), 'cache') })
    expect(statSync(directory).mode & 0o777).toBe(0o755)
  } finally {
    process.umask(before)
  }
})

describe('a directory that cannot be the cache', () => {
  test('is named with the reason and what to do', () => {
    const file = join(makeTemporary(), 'file')
    writeFileSync(file, '')
    expect(() => resolveCacheDirectory({ HOTBED_CACHE_DIRECTORY: file })).toThrow(
      `No directory can be used as cache. Tried:
  ${file}: EEXIST: file already exists, mkdir '${file}' [ERR_HOTBED_CACHE_DIRECTORY]
  → Set HOTBED_CACHE_DIRECTORY to a directory of yours that can be written.`,
    )
  })

  test('may be a link, which anybody could have put there', () => {
    const parent = makeTemporary()
    symlinkSync(parent, join(parent, 'link'))
    expect(() => resolveCacheDirectory({ HOTBED_CACHE_DIRECTORY: join(parent, 'link') })).toThrow('link: is no directory')
  })

  test.skipIf(!isRoot)('may belong to somebody else, who could put programs into it', () => {
    const directory = makeTemporary()
    chownSync(directory, STRANGER, STRANGER)
    expect(() => resolveCacheDirectory({ HOTBED_CACHE_DIRECTORY: directory })).toThrow(`${directory}: belongs to user ${STRANGER}`)
  })

  const frozen = join(makeTemporary(), 'frozen')
  mkdirSync(frozen)
  const mounted = isRoot && spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=1m', 'tmpfs', frozen]).status === 0
  afterAll(() => void (mounted && execFileSync('umount', [frozen])))

  test.skipIf(!mounted)(`may be read-only${mounted ? '' : ' (mounting is not permitted here)'}`, () => {
    expect(() => resolveCacheDirectory({ HOTBED_CACHE_DIRECTORY: frozen })).toThrow(`${frozen}: EROFS: read-only file system`)
  })

  test.skipIf(!mounted)('makes an ordinary user fall back when his home is read-only', async () => {
    expect(await resolveAsStranger({ HOME: frozen })).toBe(`/var/tmp/hotbed-${STRANGER}`)
  })
})

describe.skipIf(!isRoot)('the cache of an ordinary user', () => {
  const home = makeTemporary()
  if (isRoot) chownSync(home, STRANGER, STRANGER)

  test('lies in his cache directory', async () => {
    expect(await resolveAsStranger({ HOME: home })).toBe(join(home, process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'hotbed'))
  })

  test('follows XDG_CACHE_HOME when that is an absolute path', async () => {
    expect(await resolveAsStranger({ HOME: home, XDG_CACHE_HOME: join(home, 'xdg') })).toBe(join(home, 'xdg', 'hotbed'))
    expect(await resolveAsStranger({ HOME: home, XDG_CACHE_HOME: 'xdg' })).toBe(join(home, '.cache', 'hotbed'))
  })

  test.each([{}, { HOME: '' }, { HOME: '/nowhere/at/all' }])('is in a place of his own when he has no home (%o)', async (variables) => {
    const directory = await resolveAsStranger(variables)
    expect([`/var/tmp/hotbed-${STRANGER}`, '/tmp/.cache/hotbed']).toContain(directory)
    rmSync('/tmp/.cache/hotbed', { recursive: true, force: true })
  })
})

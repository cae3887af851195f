import { open } from 'node:fs/promises'
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findRedisBinary, requireRedisBinary } from '../../../src/servers/redis/find-redis.js'
import type { RedisSearchContext } from '../../../src/servers/redis/redis-places.js'
import { PRIVATE_INSTALL_FILE, privateInstallDirectory } from '../../../src/servers/redis/private-install.js'
import { installRedis } from '../../../src/servers/redis/install-redis.js'
import { useDirectories } from './place.js'

const directories = useDirectories()

/** A world with nothing in it. */
function emptyWorld(): {
  readonly cacheDirectory: string
  readonly projectDirectory: string
  readonly variables: NodeJS.ProcessEnv
  readonly systemDirectories: readonly string[]
} {
  return {
    cacheDirectory: directories.make('cache'),
    projectDirectory: directories.make('project'),
    variables: { PATH: '' },
    systemDirectories: [],
  }
}

/** A script that says it is a server of this version. */
function writeServer(directory: string, version: string, name = 'redis-server', firstWords = 'Redis server'): string {
  mkdirSync(directory, { recursive: true })
  const path = join(directory, name)
  writeFileSync(path, `#!/bin/sh\necho "${firstWords} v=${version} sha=0 malloc=libc bits=64"\n`, {
    mode: 0o755,
  })
  return path
}

async function failure(options: Parameters<typeof requireRedisBinary>[0], context: RedisSearchContext): Promise<string> {
  const error: unknown = await requireRedisBinary(options, context).catch((reason: unknown) => reason)
  if (!(error instanceof Error)) throw new Error('Something was found.')
  return error.message
}

test('where there is nothing, the error lists the places and the one command', async () => {
  const world = { ...emptyWorld(), systemDirectories: ['/no/bin', '/no/sbin'] }

  expect(await failure({}, world)).toBe(
    [
      'No Redis binary was found. Tried:',
      '    PATH: no redis-server or valkey-server',
      '    /no/bin, /no/sbin: no redis-server or valkey-server',
      `    ${privateInstallDirectory(world.cacheDirectory)}: nothing installed`,
      '    redis-memory-server: has built nothing here [ERR_HOTBED_REDIS_NOT_FOUND]',
      '  → Run: npx hotbed install',
    ].join('\n'),
  )
})

test('order: option, variable, PATH, usual directories, our cache, redis-memory-server', async () => {
  const world = emptyWorld()
  const option = writeServer(directories.make(), '1.0.1')
  const variable = writeServer(directories.make(), '1.0.2')
  const onPath = writeServer(directories.make(), '1.0.3')
  const usual = writeServer(directories.make(), '1.0.4')
  const install = privateInstallDirectory(world.cacheDirectory)
  writeServer(install, '1.0.5')
  writeFileSync(join(install, PRIVATE_INSTALL_FILE), JSON.stringify({ binary: 'redis-server', libraries: [], origin: [] }))
  writeServer(join(world.projectDirectory, 'node_modules/.cache/redis-memory-server/redis-binaries/stable'), '1.0.6')
  const version = async (options: Parameters<typeof findRedisBinary>[0], context: RedisSearchContext): Promise<string | undefined> =>
    (await findRedisBinary(options, context)).chosen?.version.text
  const withPath = {
    ...world,
    variables: { PATH: join(onPath, '..') },
    systemDirectories: [join(usual, '..')],
  }

  expect(await version({ binary: option }, { ...withPath, variables: { HOTBED_REDIS_BINARY: variable } })).toBe('1.0.1')
  expect(await version({}, { ...withPath, variables: { ...withPath.variables, HOTBED_REDIS_BINARY: variable } })).toBe('1.0.2')
  expect(await version({}, withPath)).toBe('1.0.3')
  expect(await version({}, { ...withPath, variables: {} })).toBe('1.0.4')
  expect(await version({}, world)).toBe('1.0.5')
  expect(await version({}, { ...world, cacheDirectory: directories.make('other') })).toBe('1.0.6')
  expect(await version({ provider: 'embedded' }, withPath)).toBe('1.0.5')
  expect(await version({ provider: 'system' }, world)).toBeUndefined()
})

test('a place named on purpose is never replaced by another', async () => {
  const onPath = writeServer(directories.make(), '7.0.0')
  const world = { ...emptyWorld(), variables: { PATH: join(onPath, '..') } }

  expect(await failure({ binary: '/no/redis-server' }, world)).toContain(
    '    /no/redis-server (option `binary`): does not exist [ERR_HOTBED',
  )
  expect(await failure({}, { ...world, variables: { ...world.variables, HOTBED_REDIS_BINARY: '/no/redis' } })).toContain(
    '/no/redis (HOTBED_REDIS_BINARY): does not exist',
  )
  expect(await failure({ provider: 'embedded' }, world)).toContain("No Redis binary of provider 'embedded' was found.")
})

test('a Valkey counts, and is told apart', async () => {
  const path = writeServer(directories.make(), '8.1.0', 'valkey-server', 'Valkey server')
  const { chosen } = await findRedisBinary({}, { ...emptyWorld(), variables: { PATH: join(path, '..') } })

  expect(chosen).toMatchObject({
    path,
    flavour: 'valkey',
    source: 'PATH',
    provider: 'system',
    version: { text: '8.1.0', major: 8, minor: 1 },
  })
})

test('a program that cannot run is passed over, and the search says why', async () => {
  const broken = directories.make()
  symlinkSync('/no/where', join(broken, 'redis-server'))
  const good = writeServer(directories.make(), '7.2.0')
  const { chosen, tried } = await findRedisBinary({}, { ...emptyWorld(), variables: { PATH: `${broken}:${join(good, '..')}` } })

  expect(chosen?.path).toBe(good)
  expect(tried).toEqual([
    { place: `${join(broken, 'redis-server')} (PATH)`, outcome: 'does not exist' },
    { place: `${good} (PATH)`, outcome: 'redis 7.2.0' },
  ])
})

test('a program for another processor is told as such', async () => {
  const path = join(directories.make(), 'redis-server')
  copyFileSync('/bin/sh', path)
  const file = await open(path, 'r+')
  // e_machine of an ELF header: s390x where we are not.
  await file.write(Buffer.from([22, 0]), 0, 2, 18)
  await file.close()

  expect(await failure({ binary: path }, emptyWorld())).toContain(
    `is built for linux s390x, but this is ${process.platform} ${process.arch}`,
  )
})

test('a missing shared library is named', async () => {
  const { binary } = await installRedis()
  // Where the program comes with the system, all its libraries are there.
  if (binary.libraries.length === 0) return
  const path = join(directories.make(), 'redis-server')
  copyFileSync(binary.path, path)
  chmodSync(path, 0o755)

  expect(await failure({ binary: path }, emptyWorld())).toMatch(/needs the shared library lib\w+\.so\.\d+, which is missing/)
})

test('another program is no Redis server', async () => {
  const path = join(directories.make(), 'redis-server')
  writeFileSync(path, '#!/bin/sh\necho hello\n', { mode: 0o755 })

  expect(await failure({ binary: path }, emptyWorld())).toContain('is no Redis server: it answers --version with "hello"')
})

test('a file that may not be executed is told as such', async () => {
  const path = writeServer(directories.make(), '7.0.0')
  chmodSync(path, 0o644)

  expect(await failure({ binary: path }, emptyWorld())).toContain('is not executable by us')
})

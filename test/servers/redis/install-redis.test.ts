import { existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { installRedis, type InstallRecord } from '../../../src/servers/redis/install-redis.js'
import { isOnPath } from '../../../src/primitives/on-path.js'
import { privateInstallDirectory, readPrivateInstall } from '../../../src/servers/redis/private-install.js'
import { useDirectories } from './place.js'

const directories = useDirectories()

test('where a binary is, nothing is done and nothing said', async () => {
  const bin = directories.make('bin')
  writeFileSync(join(bin, 'redis-server'), '#!/bin/sh\necho "Redis server v=7.9.9"\n', {
    mode: 0o755,
  })
  const cacheDirectory = directories.make('cache')
  const said: InstallRecord[] = []

  const outcome = await installRedis({
    variables: { PATH: bin },
    cacheDirectory,
    onStep: (step) => said.push(step),
  })

  expect(outcome).toMatchObject({ binary: { path: join(bin, 'redis-server') }, steps: [] })
  expect(said).toEqual([])
  expect(readdirSync(cacheDirectory)).toEqual([])
})

test('where every way is barred, the error says what each came to', async () => {
  const world = {
    variables: { PATH: '' },
    cacheDirectory: directories.make('cache'),
    projectDirectory: directories.make('project'),
    systemDirectories: [],
  }

  await expect(installRedis(world)).rejects.toThrow(
    [
      'Redis could not be installed:',
      '    apt-get, into our cache: no apt-get here',
      '    brew install redis: no brew here',
      '    apk add --no-cache redis: no apk here',
      '    dnf install -y redis: no dnf here',
      '    redis-memory-server, from source: not installed in this project (npm install --save-dev redis-memory-server) [ERR_HOTBED_REDIS_INSTALL]',
      '  → Install redis-server or valkey-server by hand, then put it on the PATH or name it in HOTBED_REDIS_BINARY.',
    ].join('\n'),
  )
})

test('a step that fails leaves nothing half done', async () => {
  const bin = directories.make('bin')
  for (const name of ['apt-get', 'dpkg'])
    writeFileSync(join(bin, name), '#!/bin/sh\necho "E: broken today" >&2\nexit 100\n', {
      mode: 0o755,
    })
  symlinkSync('/bin/sh', join(bin, 'sh'))
  const cacheDirectory = directories.make('cache')
  const world = {
    variables: { PATH: bin },
    cacheDirectory,
    projectDirectory: directories.make('project'),
    systemDirectories: [],
  }

  await expect(installRedis(world)).rejects.toThrow('E: broken today')
  expect(existsSync(privateInstallDirectory(cacheDirectory))).toBe(false)
  expect(readdirSync(join(cacheDirectory, 'redis')).filter((name) => name.includes('building'))).toEqual([])
})

test('a variable that names no server is an error, not a reason to install', async () => {
  await expect(
    installRedis({
      variables: { PATH: '', HOTBED_REDIS_BINARY: '/no/redis' },
      cacheDirectory: directories.make(),
    }),
  ).rejects.toMatchObject({
    code: 'ERR_HOTBED_REDIS_NOT_FOUND',
  })
})

const offline = !isOnPath('apt-get', process.env)

test.skipIf(offline)('apt-get fills our cache and writes nowhere else; a broken install is made anew', { timeout: 120_000 }, async () => {
  const cacheDirectory = directories.make(`mein Überzug`)
  const world = {
    cacheDirectory,
    projectDirectory: directories.make('project'),
    systemDirectories: [],
    variables: { PATH: systemPathWithoutRedis() },
  }

  const { binary, steps } = await installRedis(world)

  expect(steps).toMatchObject([{ name: 'apt-get, into our cache', state: 'done' }])
  const directory = privateInstallDirectory(cacheDirectory)
  expect(binary).toMatchObject({
    provider: 'embedded',
    source: 'hotbed install',
    path: readPrivateInstall(directory)?.binary,
  })
  expect(readdirSync(directory).toSorted()).toEqual(['hotbed-redis.json', 'root'])

  writeFileSync(join(directory, 'root/usr/bin/redis-check-rdb'), 'damaged')
  const again = await installRedis(world)

  expect(again.steps).toMatchObject([{ state: 'done' }])
  expect(again.binary.version).toEqual(binary.version)
})

/** The programs that unpacking needs, by links, so that a Redis of the system is out of sight. */
function systemPathWithoutRedis(): string {
  const bin = directories.make('bin')
  for (const directory of ['/usr/bin', '/bin', '/usr/sbin']) {
    for (const name of existsSync(directory) ? readdirSync(directory) : []) {
      if (!/^(?:redis|valkey)-/.test(name) && !existsSync(join(bin, name))) symlinkSync(join(directory, name), join(bin, name))
    }
  }
  return bin
}

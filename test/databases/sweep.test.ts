import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findLeftovers, sweepLeftovers } from '../../src/databases/sweep.js'
import { readOwner, type Owner } from '../../src/primitives/owner.js'
import { isAlive, makeRunParent, makeTemporary, SOON } from '../primitives/child.js'

const HOUR_MS = 3_600_000
const here = readOwner()
const dead: Owner = { ...here, startTime: '1' }

let runs: string
const processes: ChildProcess[] = []
const servers: Server[] = []

beforeEach(() => {
  runs = makeRunParent()
  vi.stubEnv('HOTBED_RUN_DIRECTORY', runs)
})
afterEach(() => {
  vi.unstubAllEnvs()
  for (const child of processes.splice(0)) child.kill('SIGKILL')
  for (const server of servers.splice(0)) server.close()
})

let count = 0

/** A run directory as a run of `owner` would have left it, last touched `ageMs` ago. */
function makeLeftover(
  owner: Owner | string | undefined,
  {
    ageMs = 0,
    files = {},
    name = '',
  }: { readonly ageMs?: number; readonly files?: Readonly<Record<string, string>>; readonly name?: string } = {},
): string {
  count += 1
  const path = join(runs, name === '' ? `hotbed-run-${String(count).padStart(6, 'x')}` : name)
  mkdirSync(path)
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text)
  const then = new Date(Date.now() - ageMs)
  if (owner !== undefined) {
    const stamp = join(path, 'owner.json')
    writeFileSync(stamp, typeof owner === 'string' ? owner : JSON.stringify(owner))
    utimesSync(stamp, then, then)
  }
  utimesSync(path, then, then)
  return path
}

/** Why a directory counts as left over; `undefined` when it does not. */
async function why(path: string): Promise<string | undefined> {
  return (await findLeftovers()).find((leftover) => leftover.path === path)?.why
}

async function run(program: string, directory: string): Promise<number> {
  const child = spawn(program, ['1000'], { cwd: directory, stdio: 'ignore' })
  processes.push(child)
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  return child.pid ?? 0
}

test('the directory of a run that lives is none', async () => {
  expect(await why(makeLeftover(here))).toBeUndefined()
})

test('the directory of a process that is gone goes', async () => {
  const path = makeLeftover(dead)
  expect(await why(path)).toBe(`its process ${process.pid} is gone`)
  expect(await sweepLeftovers()).toContainEqual({ path, why: `its process ${process.pid} is gone`, kept: false })
  expect(existsSync(path)).toBe(false)
})

test('a process that was given the pid of a dead run is left alone', async () => {
  const path = makeLeftover(undefined)
  const pid = await run('sleep', path)
  writeFileSync(join(path, 'owner.json'), JSON.stringify({ ...here, pid, startTime: '1' }))
  await sweepLeftovers()
  expect(existsSync(path)).toBe(false)
  expect(isAlive(pid)).toBe(true)
})

test('a run whose socket accepts lives, whatever its pid says', async () => {
  const path = makeLeftover({ ...dead, pidNamespace: 'pid:[1]' }, { ageMs: HOUR_MS })
  const other = makeLeftover(dead)
  for (const at of [path, other]) {
    const server = createServer((socket) => socket.destroy())
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(join(at, 'owner.sock'), resolve))
  }
  expect([await why(path), await why(other)]).toEqual([undefined, undefined])
})

test('a run of another pid namespace is judged by its silence only', async () => {
  const foreign = { ...here, pidNamespace: 'pid:[1]' }
  expect(await why(makeLeftover({ ...foreign, pid: 1, startTime: '1' }))).toBeUndefined()
  expect(await why(makeLeftover(foreign, { ageMs: HOUR_MS }))).toBe('belongs to another container that is silent')
})

test('a run of another boot is judged by its silence only', async () => {
  const rebooted = { ...here, bootId: 'before' }
  expect(await why(makeLeftover({ ...rebooted, startTime: '1' }))).toBeUndefined()
  expect(await why(makeLeftover(rebooted, { ageMs: HOUR_MS }))).toBe('was made before the last boot, or on another machine')
})

test.each(['', '{"pid": 1', '{}', 'null'])('a stamp that is just being written (%j) says nothing yet', async (text) => {
  expect(await why(makeLeftover(text))).toBeUndefined()
  expect(await why(makeLeftover(text, { ageMs: HOUR_MS }))).toBe('has no owner')
})

test('a directory without an owner goes when it is old and holds nothing that is not ours', async () => {
  expect(await why(makeLeftover(undefined))).toBeUndefined()
  expect(await why(makeLeftover(undefined, { ageMs: HOUR_MS }))).toBe('has no owner')
  expect(await why(makeLeftover(undefined, { ageMs: HOUR_MS, files: { 'owner.sock': '', 'redis-1': '' } }))).toBe('has no owner')
  expect(await why(makeLeftover(undefined, { ageMs: HOUR_MS, files: { 'package.json': '{}' } }))).toBeUndefined()
})

test("a person's directories are never touched, whatever they are called", async () => {
  const mine = makeLeftover(dead, { name: 'hotbed-demo', ageMs: HOUR_MS })
  const longer = makeLeftover(dead, { name: 'hotbed-run-my-app', ageMs: HOUR_MS })
  const target = makeTemporary()
  writeFileSync(join(target, 'owner.json'), JSON.stringify(dead))
  symlinkSync(target, join(runs, 'hotbed-run-linked'))
  await sweepLeftovers()
  expect([mine, longer, target].map((path) => existsSync(path))).toEqual([true, true, true])
})

test('what was kept on purpose is found, and stays', async () => {
  const path = makeLeftover(dead, { files: { 'kept.json': '{}' } })
  expect(await findLeftovers()).toContainEqual({ path, why: expect.any(String), kept: true })
  expect((await sweepLeftovers()).map((leftover) => leftover.path)).not.toContain(path)
  expect(existsSync(path)).toBe(true)
})

test.skipIf(process.platform !== 'linux')('servers in a leftover are ended, other programs and other places are not', async () => {
  const sleep = spawnSync('sh', ['-c', 'readlink -f "$(command -v sleep)"'], { encoding: 'utf8' }).stdout.trim()
  const path = makeLeftover(undefined)
  const place = join(path, 'redis-1')
  const elsewhere = makeTemporary()
  mkdirSync(place)
  const program = join(elsewhere, 'redis-server')
  copyFileSync(sleep, program)
  const [server, other, bystander] = [await run(program, place), await run('sleep', place), await run(program, elsewhere)]
  writeFileSync(join(path, 'owner.json'), JSON.stringify(dead))

  await sweepLeftovers()

  await expect.poll(() => isAlive(server), SOON).toBe(false)
  expect([other, bystander].map(isAlive)).toEqual([true, true])
  expect(existsSync(path)).toBe(false)
})

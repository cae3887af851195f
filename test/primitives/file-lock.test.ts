import { readFileSync, utimesSync, writeFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { takeFileLock } from '../../src/primitives/file-lock.js'
import { formatOwner, readOwner, type Owner } from '../../src/primitives/owner.js'
import { DIST, makeTemporary, startChild } from './child.js'

const HOUR_MS = 3_600_000

function makeLock(owner?: Owner, ageMs = 0): string {
  const file = join(makeTemporary(), 'it.lock')
  if (owner === undefined) return file
  writeFileSync(file, formatOwner(owner))
  const then = new Date(Date.now() - ageMs)
  utimesSync(file, then, then)
  return file
}

const foreign: Owner = { ...readOwner(), pidNamespace: 'pid:[1]' }
const rebooted: Owner = { ...readOwner(), bootId: '0f0f0f0f-0000-0000-0000-000000000000' }

test('a lock is a file that names its holder, and goes when it is given back', async () => {
  const file = makeLock()
  const release = await takeFileLock(file)
  expect(readFileSync(file, 'utf8')).toBe(formatOwner(readOwner()))

  await release?.()

  expect(existsSync(file)).toBe(false)
})

test('only one holds a lock at a time', async () => {
  const file = makeLock()
  let holders = 0
  const seen = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const release = await takeFileLock(file)
      holders += 1
      const atOnce = holders
      await new Promise((resolve) => setImmediate(resolve))
      holders -= 1
      await release?.()
      return atOnce
    }),
  )
  expect(seen).toEqual(Array.from({ length: 8 }, () => 1))
})

test('a wait that takes too long says what was waited for and what to do', async () => {
  const file = makeLock()
  const release = await takeFileLock(file)

  await expect(takeFileLock(file, { timeoutMs: 30 })).rejects.toMatchObject({
    code: 'ERR_HOTBED_TIMEOUT',
    message: `Waited 30 ms for the lock ${file}, which another process holds. [ERR_HOTBED_TIMEOUT]\n  → Remove that file if no test run is under way.`,
  })
  await release?.()
})

test('a wait ends when what the lock was wanted for is there', async () => {
  const file = makeLock()
  const release = await takeFileLock(file)
  expect(await takeFileLock(file, { isObsolete: () => Promise.resolve(true) })).toBeUndefined()
  expect(existsSync(file)).toBe(true)
  await release?.()
})

test('the lock of a process that was killed is taken from it', async () => {
  const file = makeLock()
  const child = startChild(`
    const { takeFileLock } = await import('${DIST}primitives/file-lock.js')
    await takeFileLock(${JSON.stringify(file)})
    say('held')
    setInterval(() => {}, 1000)`)
  await child.said('held')
  await expect(takeFileLock(file, { timeoutMs: 30 })).rejects.toThrow('ERR_HOTBED_TIMEOUT')
  child.kill('SIGKILL')
  await child.ended

  const release = await takeFileLock(file, { timeoutMs: 5_000 })

  expect(readFileSync(file, 'utf8')).toBe(formatOwner(readOwner()))
  await release?.()
})

test('a holder whose pid was given to another process is dead', async () => {
  const file = makeLock({ ...readOwner(), startTime: '1' })
  const release = await takeFileLock(file, { timeoutMs: 5_000 })
  expect(release).toBeTypeOf('function')
  await release?.()
})

test.each([
  ['another pid namespace', foreign],
  ['another boot', rebooted],
])('a holder of %s is alive while it says so, whatever its pid', async (_, owner) => {
  await expect(takeFileLock(makeLock({ ...owner, pid: 1, startTime: '1' }), { timeoutMs: 30 })).rejects.toThrow('ERR_HOTBED_TIMEOUT')
})

test.each([
  ['another pid namespace', foreign],
  ['another boot', rebooted],
])('a holder of %s that is silent is dead, although its pid exists here', async (_, owner) => {
  const release = await takeFileLock(makeLock(owner, HOUR_MS), { timeoutMs: 5_000 })
  expect(release).toBeTypeOf('function')
  await release?.()
})

test('a lock that is just being written is not taken away', async () => {
  const file = makeLock()
  writeFileSync(file, '')
  await expect(takeFileLock(file, { timeoutMs: 30 })).rejects.toThrow('ERR_HOTBED_TIMEOUT')
})

test('a lock that another has taken meanwhile stays his', async () => {
  const file = makeLock()
  const release = await takeFileLock(file)
  writeFileSync(file, 'another')

  await release?.()

  expect(readFileSync(file, 'utf8')).toBe('another')
})

test('of several processes that find a dead holder each gets the lock in its turn', async () => {
  const file = makeLock({ ...readOwner(), startTime: '1' })
  const journal = `${file}.journal`
  writeFileSync(journal, '')
  const script = `
    const { appendFileSync } = await import('node:fs')
    const { takeFileLock } = await import('${DIST}primitives/file-lock.js')
    for (let turn = 0; turn < 3; turn += 1) {
      const release = await takeFileLock(${JSON.stringify(file)}, { timeoutMs: 20_000 })
      appendFileSync(${JSON.stringify(journal)}, 'in ')
      await new Promise((resolve) => setTimeout(resolve, 2))
      appendFileSync(${JSON.stringify(journal)}, 'out\\n')
      await release()
    }`
  const ends = await Promise.all(Array.from({ length: 3 }, () => startChild(script).ended))

  expect(ends.map(({ status, stderr }) => ({ status, stderr }))).toEqual(Array.from({ length: 3 }, () => ({ status: 0, stderr: '' })))
  expect(readFileSync(journal, 'utf8')).toBe('in out\n'.repeat(9))
  expect(readdirSync(join(file, '..'))).toEqual(['it.lock.journal'])
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readPidSpace, readStartTime, readWorkingDirectory } from '../../src/primitives/process-identity.js'
import { makeTemporary, startChild } from './child.js'

const linux = process.platform === 'linux'

test.skipIf(!linux)('pids mean something in one boot and one pid namespace', () => {
  expect(readPidSpace()).toEqual({
    bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    pidNamespace: expect.stringMatching(/^pid:\[\d+\]$/),
  })
})

test.skipIf(!linux)('the start time of a process stays, whatever its name', async () => {
  const child = startChild(`process.title = 'a) S 1 (b'; say('named'); setInterval(() => {}, 1000)`)
  const before = readStartTime(child.pid)
  await child.said('named')
  expect(before).toMatch(/^\d+$/)
  expect(readStartTime(child.pid)).toBe(before)
  expect(Number(before)).toBeGreaterThanOrEqual(Number(readStartTime(process.pid)))
})

test('a process that is not there has no start time and no working directory', () => {
  expect(readStartTime(2 ** 22 + 1)).toBeUndefined()
  expect(readWorkingDirectory(2 ** 22 + 1)).toBeUndefined()
})

test.skipIf(!linux)('a process that nobody has collected counts as gone', async () => {
  // The shell becomes sleep, which collects nobody; only then its child is let go, and stays a zombie.
  const child = startChild(`
    const { spawn } = await import('node:child_process')
    const { readFileSync } = await import('node:fs')
    const script = 'read line <&3 & echo $!; exec sleep 1000 3<&-'
    const parent = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] })
    parent.stdout.on('data', (text) => {
      const letGo = () => (readFileSync('/proc/' + parent.pid + '/comm', 'utf8') === 'sleep\\n' ? parent.stdio[3].end() : setImmediate(letGo))
      letGo()
      say('pid', String(text).trim() + ' ' + parent.pid)
    })`)
  const [zombie, parent] = (await child.said('pid')).split(' ').map(Number)
  try {
    await expect.poll(() => readFileSync(`/proc/${zombie}/stat`, 'utf8')).toMatch(/\) Z /)
    expect(readStartTime(zombie ?? 0)).toBeUndefined()
  } finally {
    process.kill(parent ?? 0, 'SIGKILL')
  }
})

test.skipIf(!linux)('the working directory of a process is seen', async () => {
  const cwd = makeTemporary()
  const child = startChild(`say('up'); setInterval(() => {}, 1000)`, { cwd })
  await child.said('up')
  expect(readWorkingDirectory(child.pid)).toBe(cwd)
})

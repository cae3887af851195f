import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { formatOwner, parseOwner, readFormattedOwner, readOwner, readOwnerState } from '../../src/primitives/owner.js'

const here = readOwner()

test('this process is alive', () => {
  expect(readOwnerState(here)).toBe('alive')
})

test('a process that has ended is dead', async () => {
  const child = spawn('sleep', ['1000'])
  const owner = { ...here, pid: child.pid ?? 0, startTime: undefined }
  expect(readOwnerState(owner)).toBe('alive')
  const closed = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  await closed
  expect(readOwnerState(owner)).toBe('dead')
})

test('a living pid with another start time is another process', () => {
  expect(readOwnerState({ ...here, startTime: `${here.startTime}0` })).toBe('dead')
})

test('a pid of another namespace is never consulted', () => {
  expect(readOwnerState({ ...here, pidNamespace: 'pid:[1]' })).toBe('unknown')
  expect(readOwnerState({ ...here, pidNamespace: 'pid:[1]', pid: 2 ** 22 })).toBe('unknown')
})

test('nothing is said of a process of another boot', () => {
  expect(readOwnerState({ ...here, bootId: 'other' })).toBe('rebooted')
})

test('an owner survives being part of a file name', () => {
  const text = formatOwner(here)
  expect(text).toMatch(/^\w+-\w+-\d+-\w*$/)
  const parsed = parseOwner(text)
  expect(parsed).toEqual(readFormattedOwner())
  expect(parsed).toMatchObject({ pid: process.pid, startTime: here.startTime })
  expect(formatOwner(parsed ?? here)).toBe(text)
})

test('a machine whose name has no ordinary letter has owners too', () => {
  const owner = { bootId: '日本', pidNamespace: '日本', pid: 7, startTime: undefined }
  expect(parseOwner(formatOwner(owner))).toMatchObject({ pid: 7, startTime: undefined })
})

test.each(['', 'a', 'a-b-c-d', 'a-b-1', '-b-1-2', 'a-b-1-2-3'])('%j is no owner', (text) => {
  expect(parseOwner(text)).toBeUndefined()
})

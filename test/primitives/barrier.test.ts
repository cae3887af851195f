import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findBarrier } from '../../src/primitives/barrier.js'
import { makeTemporary } from './child.js'

const stranger = { uid: 61_234, gid: 61_234 }

test('there is no barrier where everybody may pass', () => {
  expect(findBarrier(makeTemporary(), stranger)).toBeUndefined()
  expect(findBarrier(makeTemporary(), undefined)).toBeUndefined()
})

test('the first directory that a user may not pass through is named', () => {
  const home = makeTemporary()
  mkdirSync(join(home, 'project', 'bin'), { recursive: true })
  chmodSync(join(home, 'project'), 0o700)
  expect(findBarrier(join(home, 'project', 'bin'), stranger)).toBe(join(home, 'project'))
  chmodSync(join(home, 'project'), 0o711)
  expect(findBarrier(join(home, 'project', 'bin'), stranger)).toBeUndefined()
})

test('what is not there is a barrier', () => {
  expect(findBarrier('/nowhere/at/all', undefined)).toBe('/nowhere')
})

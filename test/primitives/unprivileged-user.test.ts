import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findUnprivilegedUser } from '../../src/primitives/unprivileged-user.js'
import { makeTemporary } from './child.js'

const isRoot = process.getuid?.() === 0

function passwd(...lines: readonly string[]): string {
  const file = join(makeTemporary(), 'passwd')
  writeFileSync(file, lines.join('\n'))
  return file
}

test.skipIf(isRoot)('an ordinary user runs servers as himself', () => {
  expect(findUnprivilegedUser()).toBeUndefined()
})

describe.skipIf(!isRoot)('as root', () => {
  test('the best suited user that exists is taken', () => {
    expect(findUnprivilegedUser(passwd('root:x:0:0::/root:/bin/sh', 'bin:x:2:2::', 'nobody:x:65534:65533::/:/bin/false'))).toEqual({
      uid: 65534,
      gid: 65533,
    })
    expect(findUnprivilegedUser(passwd('nobody:x:65534:65534::', 'postgres:x:101:104::'))).toEqual({ uid: 101, gid: 104 })
  })

  test('users with the rights of root, or with numbers below zero, are passed over', () => {
    expect(findUnprivilegedUser(passwd('postgres:x:0:0::', 'nobody:*:-2:-2::', 'daemon:*:1:1::'))).toEqual({ uid: 1, gid: 1 })
  })

  test.each([passwd('root:x:0:0::/root:/bin/sh'), '/nowhere/passwd'])('when there is none (%s), it says who was looked for', (file) => {
    expect(() => findUnprivilegedUser(file)).toThrow(
      `Postgres refuses to run as root, and ${file} has none of the users postgres, nobody, daemon, bin to run it as. [ERR_HOTBED_NO_UNPRIVILEGED_USER]
  → Run the tests as an ordinary user, or add one of these users to the image.`,
    )
  })
})

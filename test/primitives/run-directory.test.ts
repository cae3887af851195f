import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readOwner } from '../../src/primitives/owner.js'
import { createRunDirectory, KEPT_FILE, OWNER_FILE, OWNER_SOCKET, RUN_DIRECTORY_NAME } from '../../src/primitives/run-directory.js'
import { findUnprivilegedUser } from '../../src/primitives/unprivileged-user.js'
import { DIST, inMountNamespace, makeTemporary, noNamespaces, startChild } from './child.js'

const MEGABYTE = 1_048_576
const user = findUnprivilegedUser()

function variables(parent: string): NodeJS.ProcessEnv {
  return { HOTBED_RUN_DIRECTORY: parent }
}

test('a run directory has a name of its own kind, its owner, and a socket that accepts while the owner lives', async () => {
  const parent = makeTemporary()
  const directory = await createRunDirectory({ neededBytes: 1, user }, variables(parent))

  expect(basename(directory.path)).toMatch(RUN_DIRECTORY_NAME)
  expect(JSON.parse(readFileSync(join(directory.path, OWNER_FILE), 'utf8'))).toEqual({ ...readOwner(), project: process.cwd() })
  await new Promise<void>((resolve, reject) => {
    const socket = connect(join(directory.path, OWNER_SOCKET))
    socket.once('close', () => resolve())
    socket.once('error', reject)
  })
  const { uid, mode } = statSync(directory.path)
  expect({ uid, mode: mode & 0o777 }).toEqual({ uid: user?.uid ?? process.getuid?.(), mode: 0o711 })
  await directory.remove()
  expect(readdirSync(parent)).toEqual([])
})

test('a directory that is kept is not removed, and says what is in it', async () => {
  const parent = makeTemporary()
  const directory = await createRunDirectory({ neededBytes: 1, user: undefined }, variables(parent))
  directory.keep({ url: 'redis://kept' })

  await directory.remove()

  expect(JSON.parse(readFileSync(join(directory.path, KEPT_FILE), 'utf8'))).toEqual({ url: 'redis://kept' })
})

test('a relative HOTBED_RUN_DIRECTORY is one of the working directory', async () => {
  const parent = makeTemporary()
  const directory = await createRunDirectory({ neededBytes: 1, user: undefined }, variables(relative(process.cwd(), parent)))
  expect(join(directory.path, '..')).toBe(parent)
  await directory.remove()
})

test('memory is passed over when the disk is asked for', async () => {
  const directory = await createRunDirectory({ neededBytes: 1, user: undefined, onDisk: true }, {})
  try {
    expect(directory.inMemory).toBe(false)
    expect(directory.path.startsWith('/dev/shm')).toBe(false)
  } finally {
    await directory.remove()
  }
})

describe('a place', () => {
  test('that does not exist is named', async () => {
    const parent = join(makeTemporary(), 'nowhere')
    await expect(createRunDirectory({ neededBytes: 384 * MEGABYTE, user }, variables(parent))).rejects.toMatchObject({
      code: 'ERR_HOTBED_RUN_DIRECTORY',
      message: `No place was found for the files of the servers, which need 384 MB. Tried:
  ${parent}: does not exist [ERR_HOTBED_RUN_DIRECTORY]
  → Free some space, or set HOTBED_RUN_DIRECTORY to a directory with a short path and enough room.`,
    })
  })

  test('whose path is too long for a unix socket is refused, and nothing is left in it', async () => {
    const parent = join(makeTemporary(), 'x'.repeat(90))
    mkdirSync(parent)
    await expect(createRunDirectory({ neededBytes: 1, user }, variables(parent))).rejects.toThrow(
      /x{90}: is too long: a unix socket in it would have \d+ of 10[37] bytes/,
    )
    expect(readdirSync(parent)).toEqual([])
  })

  test.skipIf(user === undefined)('that the user of the servers cannot reach is refused', async () => {
    const home = makeTemporary()
    const parent = join(home, 'tmp')
    mkdirSync(parent)
    chmodSync(home, 0o700)
    await expect(createRunDirectory({ neededBytes: 1, user }, variables(parent))).rejects.toThrow(
      `${parent}: cannot be reached by user ${user?.uid}, as whom the servers run, because of the mode of ${home}`,
    )
    expect(readdirSync(parent)).toEqual([])
  })
})

const small = join(makeTemporary(), 'small')
mkdirSync(small)
const mounted = process.getuid?.() === 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', small]).status === 0

describe.skipIf(!mounted)(`a file system of 64 MB in memory${mounted ? '' : ' (mounting is not permitted here)'}`, () => {
  beforeAll(() => chmodSync(small, 0o777))
  afterAll(() => void execFileSync('umount', [small]))

  test('is refused by what is free now, not by its existence', async () => {
    await expect(createRunDirectory({ neededBytes: 65 * MEGABYTE, user }, variables(small))).rejects.toThrow(`${small}: has 64 MB free`)
    expect(readdirSync(small)).toEqual([])
  })

  test('is taken for what fits, and known to be memory', async () => {
    const directory = await createRunDirectory({ neededBytes: 60 * MEGABYTE, user }, variables(small))
    expect(directory.inMemory).toBe(true)
    await directory.remove()
  })
})

test.skipIf(noNamespaces)('where /dev/shm has 64 MB, as in a container, the disk is taken', async () => {
  const child = startChild(
    `
    const { createRunDirectory } = await import('${DIST}primitives/run-directory.js')
    const small = await createRunDirectory({ neededBytes: ${50 * MEGABYTE}, user: undefined })
    const large = await createRunDirectory({ neededBytes: ${384 * MEGABYTE}, user: undefined })
    say('small', small.path)
    say('large', large.path)
    await Promise.all([small.remove(), large.remove()])`,
    { through: inMountNamespace('mount -t tmpfs -o size=64m tmpfs /dev/shm'), env: { HOTBED_RUN_DIRECTORY: '' } },
  )
  expect(await child.said('small')).toMatch(/^\/dev\/shm\/hotbed-run-/)
  const large = await child.said('large')
  expect(large.startsWith(join(tmpdir(), 'hotbed-run-'))).toBe(true)
  expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
  expect(existsSync(large)).toBe(false)
})

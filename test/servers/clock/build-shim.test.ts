import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { buildShim, type ShimMachine } from '../../../src/servers/clock/build-shim.js'

const linux: ShimMachine = { platform: 'linux', architecture: 'x64', variables: process.env }
async function cache(name: string = 'hotbed-shim-'): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), name))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}

test('where it cannot be had it is said why, and nothing is thrown', async () => {
  const why = async (machine: Partial<ShimMachine>, directory?: string): Promise<unknown> =>
    buildShim(directory ?? (await cache()), { ...linux, ...machine })
  expect(await why({ platform: 'darwin' })).toMatchInlineSnapshot(`
    {
      "why": "a server's clock is moved by LD_PRELOAD, on Linux only; this is darwin",
    }
  `)
  expect(await why({ architecture: 'ia32' })).toMatchInlineSnapshot(`
    {
      "why": "a server's clock is moved on x64 and arm64 only; this is ia32",
    }
  `)
  expect(await why({ variables: { PATH: '/nowhere' } })).toMatchInlineSnapshot(`
    {
      "why": "no C compiler (cc, gcc, clang) is on the PATH: apt-get install gcc libc6-dev",
    }
  `)
  expect(await why({}, await cache('hotbed a b-'))).toMatchObject({ why: expect.stringContaining('LD_PRELOAD takes no path with a blank') })
})

test('a compiler that fails is quoted', async () => {
  const directory = await cache()
  const compiler = join(directory, 'cc')
  await writeFile(compiler, "#!/bin/sh\necho 'clock.c:2:10: fatal error: fcntl.h: No such file or directory' >&2\nexit 1\n", {
    mode: 0o755,
  })
  const path = `${directory}:${process.env['PATH'] ?? ''}`
  const before = process.env['PATH']
  process.env['PATH'] = path
  try {
    expect(await buildShim(await cache(), { ...linux, variables: { PATH: path } })).toMatchInlineSnapshot(`
      {
        "why": "cc could not compile the shim: clock.c:2:10: fatal error: fcntl.h: No such file or directory",
      }
    `)
  } finally {
    process.env['PATH'] = before
  }
})

test('it is compiled once', async () => {
  const directory = await cache()
  const first = await buildShim(directory)
  if ('why' in first) return
  // Found where it is, no compiler is needed any more.
  expect(await buildShim(directory, { ...linux, architecture: process.arch, variables: { PATH: '/nowhere' } })).toEqual(first)
  expect(await readdir(join(directory, 'clocks'))).toHaveLength(1)
})

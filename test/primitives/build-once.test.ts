import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildOnce, findAbandonedBuilds, removeAbandonedBuilds } from '../../src/primitives/build-once.js'
import { formatOwner, readOwner } from '../../src/primitives/owner.js'
import { DIST, makeTemporary, SOON, startChild, type Child } from './child.js'

const DAY_MS = 86_400_000

/** A process that builds `directory`: it says `building` and goes on when the file `go` is there. */
function startBuilder(parent: string): Child {
  return startChild(`
    const { appendFileSync, existsSync, mkdirSync, writeFileSync } = await import('node:fs')
    const { buildOnce } = await import('${DIST}primitives/build-once.js')
    say('asking')
    await buildOnce(${JSON.stringify(join(parent, 'built'))}, async (draft) => {
      appendFileSync(${JSON.stringify(join(parent, 'journal'))}, 'built ')
      mkdirSync(draft)
      writeFileSync(draft + '/part', 'half')
      say('building')
      while (!existsSync(${JSON.stringify(join(parent, 'go'))})) await new Promise((resolve) => setTimeout(resolve, 5))
      writeFileSync(draft + '/part', 'whole')
    })
    say('done')`)
}

test('what is there is not built again', async () => {
  const directory = join(makeTemporary(), 'built')
  mkdirSync(directory)
  await expect(buildOnce(directory, () => Promise.reject(new Error('It was built again.')))).resolves.toBeUndefined()
})

test('the directory has its name only when it is complete', async () => {
  const directory = join(makeTemporary(), 'deep', 'built')
  await buildOnce(directory, async (draft) => {
    mkdirSync(draft)
    writeFileSync(join(draft, 'part'), 'whole')
    expect(existsSync(directory)).toBe(false)
  })
  expect(readFileSync(join(directory, 'part'), 'utf8')).toBe('whole')
  expect(readdirSync(join(directory, '..'))).toEqual(['built'])
})

test('a build that fails leaves nothing and can be tried again', async () => {
  const parent = makeTemporary()
  const failing = buildOnce(join(parent, 'built'), (draft) => {
    mkdirSync(draft)
    return Promise.reject(new Error('out of bricks'))
  })
  await expect(failing).rejects.toThrow('out of bricks')
  expect(readdirSync(parent)).toEqual([])

  await buildOnce(join(parent, 'built'), async (draft) => {
    mkdirSync(draft)
  })
  expect(readdirSync(parent)).toEqual(['built'])
})

test('a build that somebody else finished first is thrown away without an error', async () => {
  const parent = makeTemporary()
  const directory = join(parent, 'built')
  await buildOnce(directory, async (draft) => {
    mkdirSync(draft)
    // Whoever does not see our lock.
    mkdirSync(directory)
    writeFileSync(join(directory, 'part'), 'theirs')
  })
  expect(readFileSync(join(directory, 'part'), 'utf8')).toBe('theirs')
  expect(readdirSync(parent)).toEqual(['built'])
})

test('two processes at once build it once', async () => {
  const parent = makeTemporary()
  const builders = [startBuilder(parent), startBuilder(parent)]
  await Promise.all(builders.map((builder) => builder.said('asking')))
  await Promise.race(builders.map((builder) => builder.said('building')))
  writeFileSync(join(parent, 'go'), '')

  expect((await Promise.all(builders.map((builder) => builder.ended))).map(({ status }) => status)).toEqual([0, 0])
  expect(readFileSync(join(parent, 'journal'), 'utf8')).toBe('built ')
  expect(readFileSync(join(parent, 'built', 'part'), 'utf8')).toBe('whole')
})

test(
  'after a builder was killed the next one builds, and what was half done is gone',
  async () => {
    const parent = makeTemporary()
    const first = startBuilder(parent)
    await first.said('building')
    const second = startBuilder(parent)
    await second.said('asking')
    first.kill('SIGKILL')
    await first.ended
    writeFileSync(join(parent, 'go'), '')

    expect(await second.ended).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(join(parent, 'built', 'part'), 'utf8')).toBe('whole')
    expect(readdirSync(parent).toSorted()).toEqual(['built', 'go', 'journal'])
  },
  SOON.timeout,
)

test('what a builder in another container builds is left alone for a day', async () => {
  const parent = makeTemporary()
  const draft = join(parent, `built.building-${formatOwner({ ...readOwner(), pidNamespace: 'pid:[1]' })}`)
  mkdirSync(draft)
  expect(await removeAbandonedBuilds(parent)).toEqual([])

  const then = new Date(Date.now() - DAY_MS - 1000)
  utimesSync(draft, then, then)
  expect(await findAbandonedBuilds(parent)).toEqual([draft])
  await removeAbandonedBuilds(parent)
  expect(readdirSync(parent)).toEqual([])
})

test('what a living builder builds, and what is no build at all, is never abandoned', async () => {
  const parent = makeTemporary()
  mkdirSync(join(parent, `built.building-${formatOwner(readOwner())}`))
  mkdirSync(join(parent, 'something'))
  expect(await findAbandonedBuilds(parent)).toEqual([])
  expect(await findAbandonedBuilds(join(parent, 'nowhere'))).toEqual([])
})

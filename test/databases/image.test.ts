import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { findImage, imageFacts, imageDirectory, keysImageDirectory, pruneImages, writeImageFacts } from '../../src/databases/image.js'
import { makeTemporary } from '../primitives/child.js'

const DAY_MS = 86_400_000

async function makeImage(cache: string, layout: string, templates: readonly string[], { bytes = 1, ageMs = 0 } = {}): Promise<string> {
  const directory = imageDirectory(cache, layout, templates)
  mkdirSync(directory, { recursive: true })
  await writeImageFacts(directory, templates, bytes)
  const then = new Date(Date.now() - ageMs)
  utimesSync(join(directory, 'image.json'), then, then)
  return directory
}

test('the order of templates does not matter', () => {
  expect(imageDirectory('/c', '18.4-abc', ['a', 'b'])).toBe(imageDirectory('/c', '18.4-abc', ['b', 'a']))
})

test('the image with the most of the templates is found, of equals the smallest, and marked as used', async () => {
  const cache = makeTemporary()
  await makeImage(cache, 'L', ['a', 'x', 'y'], { bytes: 1 })
  await makeImage(cache, 'L', ['a', 'b', 'x'], { bytes: 9 })
  const best = await makeImage(cache, 'L', ['a', 'b', 'y'], { bytes: 8, ageMs: DAY_MS })
  await makeImage(cache, 'M', ['a', 'b', 'c'])

  expect(await findImage(cache, 'L', ['a', 'b', 'c'])).toEqual({
    directory: best,
    dataDirectory: join(best, 'data'),
    templates: ['a', 'b', 'y'],
    bytes: 8,
  })
  expect(Date.now() - statSync(join(best, 'image.json')).mtimeMs).toBeLessThan(DAY_MS / 2)
})

test('an image that holds none of the templates, is half built or cannot be read is none', async () => {
  const cache = makeTemporary()
  expect(await findImage(cache, 'L', ['a'])).toBeUndefined()
  await makeImage(cache, 'L', ['z'])
  const building = `${imageDirectory(cache, 'L', ['a'])}.building-x`
  mkdirSync(building, { recursive: true })
  await writeImageFacts(building, ['a'], 1)
  mkdirSync(imageDirectory(cache, 'L', ['a', 'b']))
  const broken = await makeImage(cache, 'L', ['a', 'c'])
  writeFileSync(join(broken, 'image.json'), '{')
  expect(await findImage(cache, 'L', ['a'])).toBeUndefined()
})

test('images that were not used for two weeks go, and the oldest beyond eight', async () => {
  const cache = makeTemporary()
  const images = await Promise.all(
    Array.from({ length: 10 }, (_, index) => makeImage(cache, 'L', [String(index)], { ageMs: index * 1000 })),
  )
  const forgotten = await makeImage(cache, 'M', ['old'], { ageMs: 15 * DAY_MS })
  const lock = join(cache, 'images', 'L-x.lock')
  writeFileSync(lock, '')

  await pruneImages(cache)

  expect(readdirSync(join(cache, 'images')).toSorted()).toEqual(
    [...images.slice(0, 8).map((image) => basename(image)), 'L-x.lock'].toSorted(),
  )
  expect(existsSync(forgotten)).toBe(false)
})

test('saved keys of Redis do not push out images of Postgres', async () => {
  const cache = makeTemporary()
  const old = await makeImage(cache, 'L', ['a'], { ageMs: DAY_MS })
  for (let index = 0; index < 9; index += 1) {
    const keys = keysImageDirectory(cache, 'redis-7.0', String(index).padStart(20, '0'))
    mkdirSync(keys, { recursive: true })
    writeFileSync(imageFacts(keys), '{}')
  }

  await pruneImages(cache)

  expect(existsSync(old)).toBe(true)
  expect(readdirSync(join(cache, 'images'))).toHaveLength(1 + 8)
})

test('what a process that died while pruning has left goes', async () => {
  const cache = makeTemporary()
  const image = await makeImage(cache, 'L', ['a'])
  mkdirSync(join(cache, 'images', 'L-00000000000000000000.removing-1'))
  await pruneImages(cache)
  expect(readdirSync(join(cache, 'images'))).toEqual([basename(image)])
  await pruneImages(join(cache, 'nowhere'))
})

import { readdirSync, statSync, writeFileSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRelationFiles, type RelationFiles } from '../../../src/plan/projection/relation-files.js'
import { makeDirectory } from '../../servers/postgres/place.js'

const PATH = 'base/5/100'

/** Files of database 7, of which 100 has three blocks; a segment is four blocks of 16 bytes. */
function open(): { readonly files: RelationFiles; readonly place: string; readonly sizes: () => Readonly<Record<string, number>> } {
  const directory = makeDirectory()
  const place = join(directory, 'base/7')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, '100'), Buffer.from('a'.repeat(16) + 'b'.repeat(16) + 'c'.repeat(16)))
  const files = openRelationFiles({ directory, blockBytes: 16, segmentBlocks: 4 }, 7)
  const sizes = (): Readonly<Record<string, number>> =>
    Object.fromEntries(
      readdirSync(place)
        .toSorted()
        .map((name) => [name, statSync(join(place, name)).size]),
    )
  return { files, place, sizes }
}

test('a path of the database that this one is a copy of is looked for in this one', () => {
  const { files } = open()
  expect(files.firstBlocks(PATH)).toBe(3)
  expect(String(files.readBlock(PATH, 1))).toBe('b'.repeat(16))
})

test('a relation goes on in a further file when one is full, and what was in it stays', () => {
  const { files, place, sizes } = open()
  files.setBlocks(PATH, 10)
  expect(sizes()).toEqual({ '100': 64, '100.1': 64, '100.2': 32 })
  expect(String(readFileSync(join(place, '100')))).toBe('a'.repeat(16) + 'b'.repeat(16) + 'c'.repeat(16) + '\0'.repeat(16))
})

test('a full last file is followed by an empty one, which ends the relation', () => {
  const { files, sizes } = open()
  files.setBlocks(PATH, 8)
  expect(sizes()).toEqual({ '100': 64, '100.1': 64, '100.2': 0 })
})

test('a smaller relation ends with a file that is not full, whatever lies behind it', () => {
  const { files, sizes } = open()
  files.setBlocks(PATH, 10)
  files.setBlocks(PATH, 3)
  // The server does not look behind a file that is not full.
  expect(sizes()).toEqual({ '100': 48, '100.1': 64, '100.2': 32 })
  files.setBlocks(PATH, 5)
  expect(sizes()).toEqual({ '100': 64, '100.1': 16, '100.2': 32 })
  files.setBlocks(PATH, 9)
  expect(sizes()).toEqual({ '100': 64, '100.1': 64, '100.2': 16 })
})

test('a file of our own replaces what was there, and belongs to whom the directory belongs', () => {
  const { files, place, sizes } = open()
  files.write('base/5/200', Buffer.alloc(32, 'x'))
  files.write(PATH, Buffer.alloc(16, 'y'))
  expect(sizes()).toEqual({ '100': 16, '200': 32 })
  expect(String(files.readBlock(PATH, 0))).toBe('y'.repeat(16))
  expect(statSync(join(place, '200')).mode & 0o777).toBe(0o600)
  expect(statSync(join(place, '200')).uid).toBe(statSync(join(place, '../..')).uid)
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { fingerprint } from '../../../src/primitives/fingerprint.js'
import { prepareGenerator, type Generator } from '../../../src/seed/generator.js'
import { each } from '../../../src/seed/generators/each.js'
import { nullable } from '../../../src/seed/generators/nullable.js'
import { DIST, makeTemporary, readsTypeScript, startChild } from '../../primitives/child.js'
import { bindIn, valuesOf } from './with-context.js'

const folder = makeTemporary()

function moduleOf(name: string, source: string): URL {
  const path = join(folder, name)
  writeFileSync(path, source)
  return pathToFileURL(path)
}

const prepare = (generator: Generator): Promise<Generator> => prepareGenerator(generator, { seed: 1, epochMs: 0 })
const SENTENCE = 'export const make = (faker, row) => `${row}: ${faker.lorem.sentence()}`\n'

test('a module makes the values that the same function makes', async () => {
  const values = async (generator: Generator): Promise<unknown[]> => valuesOf(bindIn(await prepare(generator)), 100)

  const expected = await values(each((faker, row) => `${row}: ${faker.lorem.sentence()}`))
  expect(await values(each(moduleOf('named.mjs', SENTENCE)))).toEqual(expected)
  expect(await values(each(moduleOf('default.mjs', SENTENCE.replace('const make =', 'default'))))).toEqual(expected)
  expect(new Set(expected).size).toBe(100)
})

test('the text of the module is part of the fingerprint, its place is not', async () => {
  const hashOf = async (url: URL): Promise<string> => fingerprint((await prepare(each(url))).spec)

  const first = await hashOf(moduleOf('first.mjs', SENTENCE))
  expect(await hashOf(moduleOf('second.mjs', SENTENCE))).toBe(first)
  expect(await hashOf(moduleOf('third.mjs', `// Another text.\n${SENTENCE}`))).not.toBe(first)
})

test('NULLs among the values change nothing about where they can be made', async () => {
  const bound = bindIn(await prepare(nullable(0.5, each(moduleOf('nulls.mjs', SENTENCE)))))

  bound.elsewhere?.take(10, ['taken', 'taken', 'taken', 'taken', 'taken', 'taken', 'taken', 'taken'])
  const values = valuesOf(bound, 18)
  expect(new Set(values.slice(10))).toEqual(new Set(['taken', null]))
  expect(values.slice(0, 10)).not.toContain('taken')
})

test.each<[string, string, string]>([
  ['that exports no function', 'export const other = 0', 'which exports no function as make or by default. [ERR_HOTBED_DATASET]'],
  ['that cannot be read', 'export const make = (', 'which could not be loaded: '],
  ['that throws as it is loaded', "throw new Error('no network')", 'which could not be loaded: no network [ERR_HOTBED_DATASET]'],
  [
    'that throws',
    "export const make = () => { throw new Error('no name') }",
    'that-throws.mjs threw for its sample, row 0: no name [ERR_HOTBED_DATASET]',
  ],
  [
    'that counts',
    'let count = 0\nexport const make = () => (count += 1)',
    'that-counts.mjs gave another value for row 0 when it was asked again: 1, then 32. [ERR_HOTBED_DATASET]',
  ],
  [
    'with instances of classes',
    'export const make = () => new Map()',
    'threw for its sample, row 0: it gave an instance of a class, and only plain data can come from a module',
  ],
  [
    'with functions in objects',
    'export const make = () => ({ a: [() => 1] })',
    'it gave an object that holds functions or instances of classes',
  ],
  ['with functions', 'export const make = () => () => 1', 'it gave a function'],
])('a module %s is refused before anything is loaded', async (title, source, message) => {
  await expect(prepare(each(moduleOf(`${title.replaceAll(' ', '-')}.mjs`, source)))).rejects.toThrow(message)
})

test('a module that is not there is refused, with how paths are meant', async () => {
  await expect(prepare(each(pathToFileURL(join(folder, 'nowhere.mjs'))))).rejects.toThrow(
    /^each\(\) names .*nowhere\.mjs, which does not exist\. \[ERR_HOTBED_DATASET\]\n {2}→ Paths are relative to the file that names them/,
  )
})

test('a function that throws is named with its column and row, not taken for a lost connection', async () => {
  const bound = bindIn(await prepare(each((_, row) => (row < 20 ? row : JSON.parse('{')))), { table: 'orders', column: 'note' })

  expect(() => bound.at(1234)).toThrow(/^The function of each\(\) threw for orders\.note, row 1,234: .*JSON.* \[ERR_HOTBED_DATASET\]/)
})

test('a module in TypeScript is read where Node reads it, and else refused with the ways out', async () => {
  const url = moduleOf('typed.ts', "export const make = (_: unknown, row: number): string => 'typed ' + row\n")
  const child = startChild(`
    const { defineDataset, each } = await import('${DIST}seed/index.js')
    const dataset = defineDataset({ tables: { t: { rows: 1, columns: { a: each(new URL('${url.href}')) } } } })
    say('prepared', JSON.stringify(await dataset.prepare().then(({ fingerprintPart }) => JSON.stringify(fingerprintPart), ({ message }) => message)))`)

  expect(JSON.parse(await child.said('prepared'))).toMatch(
    readsTypeScript
      ? /typed 15/
      : /typed\.ts, which is TypeScript, and Node .* does not read it\. \[ERR_HOTBED_DATASET\]\n {2}→ Write the module as \.js or \.mjs, use Node 22\.18 or newer, or give each\(\) the function itself/,
  )
})

import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ERROR_CODES } from '../src/primitives/error-codes.js'
import { readBlocks, type Block } from './docs/blocks.js'
import { checkTypes, isTest, place, runScript, runTests, writeProject, type Project } from './docs/project.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGES = [
  'README.md',
  ...readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' }).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
]
const BLOCKS = PAGES.flatMap((page) => readBlocks(page, readFileSync(`${ROOT}${page}`, 'utf8')))

const titled = (blocks: readonly Block[]): readonly (readonly [string, Block])[] => blocks.map((block) => [place(block), block])

describe('the blocks of the pages', () => {
  let project: Project
  let types: ReadonlyMap<Block, readonly string[]>
  let outcomes: ReadonlyMap<Block, readonly string[]>

  beforeAll(async () => {
    project = await writeProject('docs', BLOCKS)
    types = checkTypes(project)
    outcomes = await runTests(project)
  }, 300_000)

  afterAll(() => rm(project.directory, { recursive: true, force: true }))

  test('there are some', () => {
    expect(BLOCKS.map(({ page }) => page)).toContain('README.md')
  })

  test.each(titled(BLOCKS.filter(({ language }) => language === 'ts')))('%s compiles', (_, block) => {
    expect(types.get(block)).toEqual([])
  })

  test.each(titled(BLOCKS.filter(isTest)))('%s passes', (_, block) => {
    expect(outcomes.get(block)).toEqual([])
  })

  test.each(titled(BLOCKS.filter(({ use }) => use === 'run')))(
    '%s runs',
    async (_, block) => {
      expect(await runScript(project, block)).toEqual([])
    },
    120_000,
  )
})

describe('a page that is wrong', () => {
  const page = (...lines: readonly string[]): string => lines.join('\n').replaceAll("'''", '```')

  test('is told of an open block, an unknown word and too many words', () => {
    expect(() => readBlocks('a.md', page('text', "'''ts", 'const a = 1'))).toThrow('a.md:2 opens a block that is never closed.')
    expect(() => readBlocks('a.md', page("'''ts tset", "'''"))).toThrow(
      "a.md:1 says 'tset': file=PATH, test, run, fragment or nothing is expected.",
    )
    expect(() => readBlocks('a.md', page("'''ts test run", "'''"))).toThrow("a.md:1 says 'test run': one word is expected.")
  })

  test('is told of the line that does not compile, the test that fails and the script that throws', async () => {
    const blocks = readBlocks(
      'wrong.md',
      page(
        "'''sh",
        'not ours',
        "'''",
        "'''ts file=vitest.config.ts",
        'export default {}',
        "'''",
        "'''ts",
        'const fine = 1',
        'export const wrong: string = fine',
        "'''",
        "'''ts fragment",
        'await suite.nothing()',
        "'''",
        "'''ts test",
        "import { expect, test } from 'vitest'",
        "test('one and one', () => expect(1 + 1).toBe(3))",
        "'''",
        "'''ts file=empty.test.ts",
        'export const nothing = 0',
        "'''",
        "'''ts run",
        "throw new Error('no such thing')",
        "'''",
      ),
    )
    const project = await writeProject('docs-wrong', blocks)
    try {
      const outcomes = await runTests(project)
      const script = blocks.find(({ use }) => use === 'run')!

      expect([...checkTypes(project).values()].flat()).toEqual([
        "wrong.md:9 Type 'number' is not assignable to type 'string'.",
        expect.stringContaining("wrong.md:12 Property 'nothing' does not exist on type"),
      ])
      expect([...outcomes.values()].flat()).toEqual([
        expect.stringContaining('one and one: AssertionError: expected 2 to be 3'),
        expect.stringContaining('No test suite found in file'),
      ])
      expect(await runScript(project, script)).toEqual([expect.stringMatching(/^wrong\.md:22 [^]*Error: no such thing/)])
    } finally {
      await rm(project.directory, { recursive: true, force: true })
    }
  }, 120_000)

  test('is told of two blocks that are the same file', async () => {
    const blocks = readBlocks('a.md', page("'''sql file=a.sql", 'SELECT 1', "'''", "'''sql file=a.sql", 'SELECT 2', "'''"))

    await expect(writeProject('docs-twice', blocks)).rejects.toThrow('a.md:5 and a.md:2 are both a.sql.')
    await rm(`${ROOT}test/.tmp-docs-twice`, { recursive: true, force: true })
  })
})

/** Heading and first line of every section of the page. */
function readSections(markdown: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries([...markdown.matchAll(/^## (\S+)\n\n(.*)$/gm)].map(([, code, meaning]) => [code, meaning]))
}

describe('docs/errors.md', () => {
  test('has every error code with what it stands for, and no other', () => {
    expect(readSections(readFileSync(`${ROOT}docs/errors.md`, 'utf8'))).toEqual(ERROR_CODES)
  })

  test('is read by its headings', () => {
    expect(readSections('# Errors\n\nAll.\n\n## ERR_A\n\nIt is a.\n\nMore.\n\n## ERR_B\n\nIt is b.\n')).toEqual({
      ERR_A: 'It is a.',
      ERR_B: 'It is b.',
    })
  })
})

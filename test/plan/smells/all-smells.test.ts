import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ALL_SMELLS } from '../../../src/plan/smells/all-smells.js'

const ROOT = new URL('../../../', import.meta.url)
const IDS = ALL_SMELLS.map(({ id }) => id)
const PARTS = ['## Why it hurts', '## In the plan', '## Threshold', '## Broken', '## Repaired', '## Exempt it']

test('ids are unique, and every smell says in a few words what it is', () => {
  expect(IDS).toEqual([...new Set(IDS)])
  for (const { id, title } of ALL_SMELLS) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(title.length).toBeGreaterThan(10)
    expect(title.length).toBeLessThan(80)
  }
})

test('every page of the documentation is of a smell, and the table has a row for each, in their order', () => {
  const pages = readdirSync(new URL('docs/smells/', ROOT)).map((name) => name.replace(/\.md$/, ''))
  expect(pages.toSorted()).toEqual(IDS.toSorted())
  const rows = [...readFileSync(new URL('docs/plans.md', ROOT), 'utf8').matchAll(/^\| \[`([^`]+)`\]\(smells\/([^)]+)\.md\)/gm)]
  expect(rows.map(([, name]) => name)).toEqual(IDS)
  expect(rows.map(([, , page]) => page)).toEqual(IDS)
})

describe.each(IDS)('%s', (id) => {
  test('has a file and a test of its own', () => {
    expect(existsSync(new URL(`src/plan/smells/${id}.ts`, ROOT))).toBe(true)
    expect(existsSync(new URL(`test/plan/smells/${id}.test.ts`, ROOT))).toBe(true)
  })

  test('has a page that bears its name and says all there is to say', () => {
    const page = readFileSync(new URL(`docs/smells/${id}.md`, ROOT), 'utf8')
    expect(page.split('\n')[0]).toBe(`# ${id}`)
    expect(PARTS.filter((part) => !page.includes(`\n${part}\n`))).toEqual([])
    // Where it may stand without quotes, the formatter takes them away.
    expect(page.replace(`{ ${id}: '`, `{ '${id}': '`)).toContain(`'${id}': '`)
  })
})

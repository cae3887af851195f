import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { prepareGenerator, type Bound } from '../../src/seed/generator.js'
import { each } from '../../src/seed/generators/each.js'
import type * as rowsAhead from '../../src/seed/rows-ahead.js'
import { DIST, makeTemporary, startChild } from '../primitives/child.js'
import { bindIn, valuesOf } from './generators/with-context.js'
import { useSuite, countOf } from './with-suite.js'

const folder = makeTemporary()
const ROWS = 20_000
/** Takes longer than a value costs to send. */
const slow = (turns: number): string => `let x = row; for (let i = 0; i < ${turns}; i += 1) x = Math.imul(x, 31) + i;`

function moduleOf(name: string, body: string, turns = 2000): URL {
  const path = join(folder, name)
  writeFileSync(
    path,
    `import { isMainThread } from 'node:worker_threads'\nexport const make = (faker, row) => { ${slow(turns)} ${body} }\n`,
  )
  return pathToFileURL(path)
}

async function bindModule(url: URL): Promise<Bound> {
  return bindIn(await prepareGenerator(each(url), { seed: 1, epochMs: 0 }))
}

/** Threads run built code. */
const built = (await import(`${DIST}seed/rows-ahead.js`)) as typeof rowsAhead

async function readAhead(bound: Bound, rows: number, threads: number): Promise<unknown[]> {
  const ahead = built.startRowsAhead(bound.elsewhere === undefined ? [] : [bound.elsewhere], 0, rows, { threads, worthMs: 0 })
  const values: unknown[] = []
  try {
    for (let from = 0; from < rows; from += 4096) {
      const to = Math.min(rows, from + 4096)
      await ahead.prepare(from, to)
      for (let row = from; row < to; row += 1) values.push(bound.at(row))
    }
  } finally {
    await ahead.end()
  }
  return values
}

test('the values are the same whatever the number of threads', async () => {
  const url = moduleOf(
    'same.mjs',
    'return row % 7 === 0 ? null : [x, faker.person.fullName(), { at: faker.date.past(), big: 10n ** 20n }, undefined, -0, "\\ud800"]',
  )
  const expected = valuesOf(await bindModule(url), ROWS)

  for (const threads of [0, 1, 2, 3]) expect(await readAhead(await bindModule(url), ROWS, threads)).toEqual(expected)
})

test('threads make values, once they are up', async () => {
  const bound = await bindModule(moduleOf('where.mjs', 'return isMainThread'))
  const ahead = built.startRowsAhead(bound.elsewhere === undefined ? [] : [bound.elsewhere], 0, 2 ** 40, { threads: 1, worthMs: 0 })
  let isElsewhere = false
  for (let from = 0; !isElsewhere; from += 4096) {
    await ahead.prepare(from, from + 4096)
    for (let row = from; row < from + 4096; row += 1) isElsewhere ||= bound.at(row) === false
  }
  await ahead.end()
  expect(isElsewhere).toBe(true)
})

test('no thread is started for few rows', async () => {
  const bound = await bindModule(moduleOf('few.mjs', 'return isMainThread'))
  const ahead = built.startRowsAhead(bound.elsewhere === undefined ? [] : [bound.elsewhere], 0, 4096, { threads: 1, worthMs: 3_600_000 })
  await ahead.prepare(0, 4096)
  await ahead.end()
  expect(new Set(valuesOf(bound, 4096))).toEqual(new Set([true]))
})

test.each([
  ['ends', 'if (!isMainThread && row > 9000) process.exit(3)'],
  ['cannot be made', "if (!isMainThread) throw new Error('not here')"],
])('rows of a thread that %s are made by the loading thread', async (title, body) => {
  const url = moduleOf(`${title.replaceAll(' ', '-')}.mjs`, `${body}; return x`)

  expect(await readAhead(await bindModule(url), ROWS, 2)).toEqual(valuesOf(await bindModule(url), ROWS))
})

/** Loads in a process of its own: one that a thread is left in does not end. */
const loadElsewhere = (url: string, review: URL, rows: number): ReturnType<typeof startChild> =>
  startChild(`
    const { defineDataset, each, seed, sequence } = await import('${DIST}seed/index.js')
    const reviews = { rows: ${rows}, columns: { id: sequence({ start: 1 }), body: each(new URL('${review.href}')) } }
    say('ended', JSON.stringify(await seed('${url}', defineDataset({ tables: { reviews } })).then(({ rows }) => String(rows), ({ message }) => message)))`)

const suite = useSuite('CREATE TABLE reviews (id bigint PRIMARY KEY, body text NOT NULL)')

test('a load by threads leaves the rows that the dataset says, and no thread', async () => {
  const review = moduleOf('review.mjs', 'return `${row} ${x} ${faker.lorem.words(3)}`', 20_000)

  const child = loadElsewhere(suite().postgres.url, review, ROWS)

  expect(JSON.parse(await child.said('ended'))).toBe(String(ROWS))
  expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
  const { rows } = await suite().postgres.query('SELECT body FROM reviews ORDER BY id')
  const values = await prepareGenerator(each(review), { seed: 1, epochMs: Date.parse('2025-01-01T00:00:00Z') })
  const expected = valuesOf(bindIn(values, { table: 'public.reviews', column: 'body' }), ROWS)
  expect(rows.map(({ body }) => body)).toEqual(expected)
  await suite().postgres.query('TRUNCATE reviews')
})

test('a module that throws in the middle is named with its row and column; nothing is left, and no thread', async () => {
  const review = moduleOf('broken.mjs', "if (row === 15_000) throw new Error('no words left'); return `${x}`", 20_000)

  const child = loadElsewhere(suite().postgres.url, review, ROWS)

  expect(JSON.parse(await child.said('ended'))).toMatch(
    /broken\.mjs threw for public\.reviews\.body, row 15,000: no words left \[ERR_HOTBED_DATASET\]/,
  )
  expect(await child.ended).toMatchObject({ status: 0, stderr: '' })
  expect(await countOf(suite(), 'SELECT count(*) FROM reviews')).toBe(0)
})

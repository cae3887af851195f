import { expect } from 'hotbed/vitest'
import * as broken from '../src/titles/broken.js'
import * as repaired from '../src/titles/repaired.js'
import { ask, test } from './documents-test.js'
import { messageOf } from './message-of.js'

const INDEX = 'documents_title_idx'

/** As somebody types it who is in a hurry: two letters in the wrong order, one left out. */
function mistype(title: string): string {
  return `${title[1]}${title[0]}${title.slice(2, -3)}${title.slice(-2)}`
}

test('broken: the function of pg_trgm is computed for every title', async ({ suite, postgres, start }) => {
  const app = await start(broken.titles)
  const { rows } = await postgres.query<{ title: string }>(`SELECT doc ->> 'title' AS title FROM documents WHERE id = 4711`)

  const run = await suite.record(() => ask(app, '/titles', mistype(rows[0]?.title ?? '')))

  const failure = messageOf(() => expect(run).toUseIndex(INDEX))
  console.log(`\nThis is what a similarity without its operator says:\n\n${failure}\n`)
  expect(failure).toContain('Seq Scan on documents')
})

test('repaired: the operator finds the mistyped title in the index, and the same ones', async ({ suite, postgres, start }) => {
  const [app, slow] = [await start(repaired.titles), await start(broken.titles)]
  const { rows } = await postgres.query<{ title: string }>(`SELECT doc ->> 'title' AS title FROM documents WHERE id = 4711`)
  const typed = mistype(rows[0]?.title ?? '')

  const run = await suite.record(() => ask(app, '/titles', typed))

  expect(run).toUseIndex(INDEX)
  expect(run.result[0]?.id).toBe('4711')
  expect(run.result).toEqual(await ask(slow, '/titles', typed))
})

import { expect } from 'hotbed/vitest'
import * as broken from '../src/search/broken.js'
import * as ownVector from '../src/search/own-vector.js'
import * as repaired from '../src/search/repaired.js'
import { ask, test } from './documents-test.js'
import { messageOf } from './message-of.js'
import { wordOf } from './vocabulary.js'

/** A word of one document in a thousand. */
const TERM = wordOf(3_000)
const INDEX = 'documents_search_idx'

test('broken: a pattern without a beginning is looked for in every document', async ({ suite, start }) => {
  const app = await start(broken.search)

  const run = await suite.record(() => ask(app, '/search', TERM))

  const failure = messageOf(() => expect(run).not.toHaveSmells())
  console.log(`\nThis is what a search by pattern says:\n\n${failure}\n`)
  expect(failure).toContain('reads 100,000 rows of documents')
  expect(messageOf(() => expect(run).toUseIndex(INDEX))).toContain('Seq Scan on documents')
})

test('broken: words that are taken apart anew have no index, though there is one of the same words', async ({ postgres }) => {
  // Only planned: it would take every document apart into its words.
  const plan = await postgres.explain(ownVector.SEARCH, [TERM], { analyze: false })

  const failure = messageOf(() => expect(plan).toUseIndex(INDEX))
  console.log(`\nThis is what a search past its index says:\n\n${failure}\n`)
  expect(failure).toContain('to_tsvector')
})

test('repaired: the words are found in the index', async ({ suite, start }) => {
  const [app, naive] = [await start(repaired.search), await start(broken.search)]

  const run = await suite.record(() => ask(app, '/search', TERM))

  expect(run).toUseIndex(INDEX)
  expect(run).toReadAtMostBuffers(500)
  expect(run).not.toHaveSmells()
  expect(run.result).toHaveLength(20)
  // What it finds is there for the naive search too.
  const [first] = run.result
  expect(await ask(naive, '/search', first?.title ?? '')).toContainEqual(first)
})

test('repaired: at a hundred million documents, too', async ({ postgres }) => {
  const plan = await postgres.explainAtScale(repaired.SEARCH, [TERM], { documents: 100_000_000 })

  expect(plan).toUseIndex(INDEX)
})

test('repaired: what is in the title comes first, and both words have to be there', async ({ postgres, start }) => {
  const app = await start(repaired.search)
  await postgres.query(`UPDATE documents SET doc = jsonb_set(doc, '{title}', '"harbours and lighthouses"') WHERE id = 7`)
  await postgres.query(`UPDATE documents SET doc = jsonb_set(doc, '{body}', '"a lighthouse stands at the harbour"') WHERE id = 8`)
  await postgres.query(`UPDATE documents SET doc = jsonb_set(doc, '{body}', '"a lighthouse without"') WHERE id = 9`)

  const found = await ask(app, '/search', 'lighthouse harbour')

  expect(found.map(({ id }) => id)).toEqual(['7', '8'])
})

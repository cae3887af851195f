import { expect } from 'hotbed/vitest'
import * as broken from '../src/tags/broken.js'
import * as repaired from '../src/tags/repaired.js'
import { ask, test } from './documents-test.js'
import { messageOf } from './message-of.js'

const INDEX = 'documents_doc_idx'

test('broken: a part of the document is in no index, and the tag is looked for in every document', async ({ suite, start, rareTag }) => {
  const app = await start(broken.tagged)

  const run = await suite.record(() => ask(app, '/tagged', rareTag))

  const failure = messageOf(() => expect(run).toUseIndex(INDEX))
  console.log(`\nThis is what a tag without an index says:\n\n${failure}\n`)
  expect(failure).toContain('documents')
})

test('repaired: what a document contains is in the index', async ({ suite, start, rareTag }) => {
  const [app, slow] = [await start(repaired.tagged), await start(broken.tagged)]

  const run = await suite.record(() => ask(app, '/tagged', rareTag))

  expect(run).toUseIndex(INDEX)
  expect(run.result).toEqual(await ask(slow, '/tagged', rareTag))
})

import { measureGrowth } from 'hotbed'
import { expect } from 'hotbed/vitest'
import * as broken from '../src/catalogue/broken.js'
import * as repaired from '../src/catalogue/repaired.js'
import { messageOf } from './message-of.js'
import { test } from './shop-test.js'

/** Pages into the catalogue. */
const PAGES = [1, 10, 100]
const PAGE_SIZE = 50

interface Page {
  readonly items: readonly { readonly id: number }[]
}

test('broken: a deep page reads all pages before it', async ({ suite, start }) => {
  const app = await start(broken.catalogue)

  const growth = await measureGrowth(
    { seed: () => undefined, act: (page) => suite.record(() => app.inject(`/catalogue/books?page=${page}`)) },
    PAGES,
  )
  const deep = await suite.record(() => app.inject('/catalogue/books?page=100'))

  const failure = messageOf(() => expect(growth).toGrowAtMost('O(1)', { measure: 'rowsExamined' }))
  const budget = messageOf(() => expect(deep).toReadAtMostBuffers(50))
  console.log(`\nThis is what a deep page says:\n\n${failure}\n\n${budget}\n`)
  expect(failure).toContain('OFFSET reads the rows before the page and throws them away')
  expect(budget).toContain('budget 50')
})

test('repaired: each page costs what the first one costs', async ({ suite, postgres, start }) => {
  const app = await start(repaired.catalogue)
  const { rows } = await postgres.query<{ id: string }>("SELECT id FROM products WHERE category = 'books' ORDER BY id")
  const beforePage = (page: number): string => (page === 1 ? '0' : (rows[(page - 1) * PAGE_SIZE - 1]?.id ?? ''))

  const growth = await measureGrowth(
    { seed: () => undefined, act: (page) => suite.record(() => app.inject(`/catalogue/books?after=${beforePage(page)}`)) },
    PAGES,
  )
  const deep = await suite.record(() => app.inject(`/catalogue/books?after=${beforePage(100)}`))

  expect(growth).toGrowAtMost('O(1)')
  expect(deep).toReadAtMostBuffers(50)
  expect(deep.result.json<Page>().items.map(({ id }) => String(id))).toEqual(
    rows.slice(99 * PAGE_SIZE, 100 * PAGE_SIZE).map(({ id }) => id),
  )
})

test('SELECT * carries more than ten times the bytes, of which the list shows nothing', async ({ suite, start }) => {
  const [wide, narrow] = [await start(broken.catalogue), await start(repaired.catalogue)]

  const all = await suite.record(() => wide.inject('/catalogue/books'))
  const few = await suite.record(() => narrow.inject('/catalogue/books'))

  const ids = (page: Page): readonly number[] => page.items.map(({ id }) => id)
  expect(ids(few.result.json())).toEqual(ids(all.result.json()))
  expect(few).toReduce('postgres.bytes', { by: 0.9, from: all })
})

test.for(['br', 'gzip'])('compressed with %s, a page takes less than half the bytes', async (encoding, { start }) => {
  const app = await start(repaired.catalogue)

  const plain = await app.inject('/catalogue/books')
  const packed = await app.inject({ url: '/catalogue/books', headers: { 'accept-encoding': encoding } })

  expect(packed.headers['content-encoding']).toBe(encoding)
  expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2)
})

import { array, defineDataset, derived, json, zipf, type RowContext } from 'hotbed/seed'
import { rankOf, wordOf } from './vocabulary.js'

export const TAGS: readonly string[] = Array.from({ length: 500 }, (_, tag) => `tag-${tag + 1}`)
const AUTHORS = Array.from({ length: 2_000 }, (_, author) => `author-${author + 1}`)

/** So many words, as texts have them: a few are in most texts, most are in few. */
const prose = (words: number) =>
  derived(({ row, draws }: RowContext) => Array.from({ length: words }, (_, at) => wordOf(rankOf(draws.unit(row, at)))).join(' '))

/** Documents of some 350 characters. */
export const dataset = defineDataset({
  tables: {
    documents: {
      rows: 100_000,
      columns: {
        doc: json({
          title: prose(4),
          author: zipf({ values: AUTHORS }),
          tags: array(zipf({ values: TAGS }), { min: 1, max: 4 }),
          body: prose(30),
        }),
      },
    },
  },
})

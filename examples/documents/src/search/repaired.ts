import { serveFinds } from '../find-route.js'

/** Asks the column whose words are in the index. Titles weigh more than bodies. */
export const SEARCH = `
  SELECT id, doc ->> 'title' AS title
  FROM documents, websearch_to_tsquery('english', $1) AS query
  WHERE search @@ query
  ORDER BY ts_rank(search, query) DESC, id
  LIMIT 20`

export const search = serveFinds('/search', SEARCH)

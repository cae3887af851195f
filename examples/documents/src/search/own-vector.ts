import { serveFinds } from '../find-route.js'

/** Full-text search, but not of the column that is indexed: each document is taken apart into its words anew. */
export const SEARCH = `
  SELECT id, doc ->> 'title' AS title
  FROM documents
  WHERE to_tsvector('english', (doc ->> 'title') || ' ' || (doc ->> 'body')) @@ websearch_to_tsquery('english', $1)
  ORDER BY title
  LIMIT 20`

export const search = serveFinds('/search', SEARCH)

import { serveFinds } from '../find-route.js'

/** A pattern without a beginning: every document is read and compared. */
export const SEARCH = `
  SELECT id, doc ->> 'title' AS title
  FROM documents
  WHERE doc ->> 'body' ILIKE '%' || $1 || '%' OR doc ->> 'title' ILIKE '%' || $1 || '%'
  ORDER BY title
  LIMIT 20`

export const search = serveFinds('/search', SEARCH)

import { serveFinds } from '../find-route.js'

/** The function of pg_trgm: an index knows operators, and no functions. */
export const TITLES = `
  SELECT id, doc ->> 'title' AS title
  FROM documents
  WHERE similarity(doc ->> 'title', $1) > 0.3
  ORDER BY similarity(doc ->> 'title', $1) DESC, id
  LIMIT 10`

export const titles = serveFinds('/titles', TITLES)

import { serveFinds } from '../find-route.js'

/**
 * The operator of pg_trgm, with the threshold of `pg_trgm.similarity_threshold`, which is 0.3. In parentheses, because `%` binds more tightly than `->>`.
 */
export const TITLES = `
  SELECT id, doc ->> 'title' AS title
  FROM documents
  WHERE (doc ->> 'title') % $1
  ORDER BY similarity(doc ->> 'title', $1) DESC, id
  LIMIT 10`

export const titles = serveFinds('/titles', TITLES)

import { serveFinds } from '../find-route.js'

/** Of a part of the document: the index is of the whole. */
export const TAGGED = `
  SELECT id, doc ->> 'title' AS title
  FROM documents
  WHERE doc -> 'tags' ? $1
  ORDER BY id
  LIMIT 20`

export const tagged = serveFinds('/tagged', TAGGED)

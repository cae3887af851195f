import { serveFinds } from '../find-route.js'

/** What the document contains: that is what jsonb_path_ops has an index of. */
export const TAGGED = `
  SELECT id, doc ->> 'title' AS title
  FROM documents
  WHERE doc @> jsonb_build_object('tags', jsonb_build_array($1::text))
  ORDER BY id
  LIMIT 20`

export const tagged = serveFinds('/tagged', TAGGED)

import type { Feature } from './app.js'
import { find } from './document.js'

/** `GET /…?q=` → the documents that the statement finds. */
export function serveFinds(path: string, sql: string): Feature {
  return (app, { db }) => {
    app.get<{ Querystring: { readonly q: string } }>(path, ({ query }) => find(db, sql, query.q))
  }
}

import type { Feature } from '../app.js'
import { retitle } from '../document.js'
import { readThrough } from './read-through.js'
import { serveDocuments, serveTitleChanges } from './route.js'

/** Takes the copy away when the document has changed, and bars its place until every slow reader has come too late. */
export const documents: Feature = (app, stores) => {
  serveDocuments(app, (id) => readThrough(stores, id))
  serveTitleChanges(app, async (id, title) => {
    await retitle(stores.db, id, title)
    await stores.copies.bar(id)
  })
}

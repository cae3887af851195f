import type { Feature } from '../app.js'
import { retitle } from '../document.js'
import { readThrough } from './read-through.js'
import { serveDocuments, serveTitleChanges } from './route.js'

/** Takes the copy away when the document has changed. A reader that had the old one by then, and is slow, puts it back. */
export const documents: Feature = (app, stores) => {
  serveDocuments(app, (id) => readThrough(stores, id))
  serveTitleChanges(app, async (id, title) => {
    await retitle(stores.db, id, title)
    await stores.copies.remove(id)
  })
}

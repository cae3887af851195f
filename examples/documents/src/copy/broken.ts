import type { Feature } from '../app.js'
import { loadDocument, retitle } from '../document.js'
import { serveDocuments, serveTitleChanges } from './route.js'

/** Keeps each copy for ever, and forgets it when the document changes. */
export const documents: Feature = (app, { db, copies }) => {
  serveDocuments(app, async (id) => {
    const copy = await copies.get(id)
    if (copy !== undefined) return copy
    const document = await loadDocument(db, id)
    if (document !== undefined) await copies.overwrite(id, document)
    return document
  })
  serveTitleChanges(app, (id, title) => retitle(db, id, title))
}

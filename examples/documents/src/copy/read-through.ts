import type { Stores } from '../app.js'
import { loadDocument, type DocumentBody } from '../document.js'

/** The copy, or the document, of which a copy is then put where none stands. */
export async function readThrough({ db, copies }: Stores, id: string): Promise<DocumentBody | undefined> {
  const copy = await copies.get(id)
  if (copy !== undefined) return copy
  const document = await loadDocument(db, id)
  if (document !== undefined) await copies.add(id, document)
  return document
}

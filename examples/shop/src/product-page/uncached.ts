import type { Feature } from '../app.js'
import { loadProductDetails } from '../product-details.js'
import { serveProducts } from './route.js'

/** Every page asks the database. */
export const productPage: Feature = (app, { db }) => {
  serveProducts(app, (id) => loadProductDetails(db, id))
}

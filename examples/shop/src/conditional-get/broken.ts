import etag from '@fastify/etag'
import type { Feature } from '../app.js'
import { productPage } from '../product-page/uncached.js'

/** @fastify/etag hashes the body to know its ETag, so a 304 saves the bytes to the visitor and none of the work: the query runs as before. */
export const conditionalPage: Feature = async (app, stores) => {
  await app.register(etag)
  await productPage(app, stores)
}

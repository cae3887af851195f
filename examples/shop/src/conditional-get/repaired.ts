import etag from '@fastify/etag'
import { LRUCache } from 'lru-cache'
import type { Feature } from '../app.js'
import { productPage } from '../product-page/uncached.js'

/** A page may be this old. */
export const FRESH_SECONDS = 30

/** Remembers for half a minute which ETag each page was answered with, and compares before it looks anywhere. */
export const conditionalPage: Feature = async (app, stores) => {
  const known = new LRUCache<string, string>({ max: 10_000, ttl: FRESH_SECONDS * 1000 })
  app.addHook('onRequest', async (request, reply) => {
    const tag = known.get(request.url)
    return tag !== undefined && request.headers['if-none-match'] === tag ? reply.code(304).header('etag', tag).send() : undefined
  })
  app.addHook('onResponse', async (request, reply) => {
    const tag = reply.getHeader('etag')
    if (typeof tag === 'string' && reply.statusCode === 200) known.set(request.url, tag)
  })
  await app.register(etag)
  await productPage(app, stores)
}

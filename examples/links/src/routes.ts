import type { FastifyInstance } from 'fastify'
import { newCode, type Link, type NewLink } from './links.js'

interface CodeRoute {
  readonly Params: { readonly code: string }
}

interface CreateRoute {
  readonly Body: { readonly url: string; readonly alias?: string; readonly livesSeconds?: number }
}

/** `GET /:code` → 302, however the link is found. */
export function serveRedirects(app: FastifyInstance, find: (code: string) => Promise<Pick<Link, 'url'> | undefined>): void {
  app.get<CodeRoute>('/:code', async ({ params }, reply) => {
    const link = await find(params.code)
    return link === undefined ? reply.code(404).send({ error: 'no such link' }) : reply.redirect(link.url, 302)
  })
}

/** `POST /links` → 201 with the code; 409 when the alias is taken. */
export function serveCreation(app: FastifyInstance, create: (link: NewLink) => Promise<boolean>): void {
  app.post<CreateRoute>('/links', async ({ body: { url, alias, livesSeconds } }, reply) => {
    const code = alias ?? newCode()
    const expiresAt = livesSeconds === undefined ? null : new Date(Date.now() + livesSeconds * 1000)
    const isCreated = await create({ code, url, expiresAt })
    return isCreated ? reply.code(201).send({ code }) : reply.code(409).send({ error: 'the alias is taken' })
  })
}

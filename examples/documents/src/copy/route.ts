import type { FastifyInstance } from 'fastify'
import type { DocumentBody } from '../document.js'

interface DocumentRoute {
  readonly Params: { readonly id: string }
}

/** `GET /documents/:id`, wherever it comes from. */
export function serveDocuments(app: FastifyInstance, get: (id: string) => Promise<DocumentBody | undefined>): void {
  app.get<DocumentRoute>('/documents/:id', async ({ params }, reply) => {
    return (await get(params.id)) ?? reply.code(404).send({ error: 'no such document' })
  })
}

/** `PUT /documents/:id/title`, however it is changed. */
export function serveTitleChanges(app: FastifyInstance, change: (id: string, title: string) => Promise<void>): void {
  app.put<DocumentRoute & { readonly Body: { readonly title: string } }>('/documents/:id/title', async ({ params, body }, reply) => {
    await change(params.id, body.title)
    return reply.code(204).send()
  })
}

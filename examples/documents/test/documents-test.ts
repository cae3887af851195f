import type { FastifyInstance } from 'fastify'
import { test as base } from 'hotbed/vitest'
import { createApp, type Feature } from '../src/app.js'
import type { DocumentBody, Found } from '../src/document.js'

/** `test` with the library on the stores of this test file. */
export const test = base
  /** Starts an instance, which lives until the test ends. */
  .extend('start', async ({ suite }, { onCleanup }) => {
    const started: FastifyInstance[] = []
    onCleanup(async () => void (await Promise.all(started.map((app) => app.close()))))
    return async (feature: Feature): Promise<FastifyInstance> => {
      const app = await createApp(feature, { databaseUrl: suite.postgres.url, redisUrl: suite.redis.url })
      started.push(app)
      return app
    }
  })
  /** What the database says of the document of a key, beside the application. */
  .extend('loadDocument', async ({ postgres }) => {
    return async (key: string): Promise<unknown> => {
      const { rows } = await postgres.query('SELECT doc FROM documents WHERE id = $1', [key.split(':')[1]])
      return rows[0]?.['doc']
    }
  })
  /** The tag of the fewest documents. */
  .extend('rareTag', async ({ postgres }) => {
    const { rows } = await postgres.query<{ tag: string }>(
      `SELECT tag FROM documents, jsonb_array_elements_text(doc -> 'tags') AS tag GROUP BY tag ORDER BY count(*), tag LIMIT 1`,
    )
    return rows[0]?.tag ?? ''
  })

/** What a list finds. */
export async function ask(app: FastifyInstance, path: string, text: string): Promise<readonly Found[]> {
  return (await app.inject({ url: path, query: { q: text } })).json<readonly Found[]>()
}

export async function titleOf(app: FastifyInstance, id: number): Promise<string> {
  return (await app.inject(`/documents/${id}`)).json<DocumentBody>().title
}

export async function retitle(app: FastifyInstance, id: number, title: string): Promise<void> {
  await app.inject({ method: 'PUT', url: `/documents/${id}/title`, payload: { title } })
}

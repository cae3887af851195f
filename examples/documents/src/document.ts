import type pg from 'pg'

export interface DocumentBody {
  readonly title: string
  readonly author: string
  readonly tags: readonly string[]
  readonly body: string
}

/** A document as a list shows it. */
export interface Found {
  readonly id: string
  readonly title: string
}

type Connection = Pick<pg.Pool, 'query'>

export async function loadDocument(db: Connection, id: string): Promise<DocumentBody | undefined> {
  const { rows } = await db.query<{ doc: DocumentBody }>('SELECT doc FROM documents WHERE id = $1', [id])
  return rows[0]?.doc
}

export async function retitle(db: Connection, id: string, title: string): Promise<void> {
  await db.query(`UPDATE documents SET doc = jsonb_set(doc, '{title}', to_jsonb($2::text)) WHERE id = $1`, [id, title])
}

/** Lists what a statement with one value finds. */
export async function find(db: Connection, sql: string, value: string): Promise<readonly Found[]> {
  return (await db.query<{ id: string; title: string }>(sql, [value])).rows
}

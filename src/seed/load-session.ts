import type { Client } from 'pg'
import type { QueryResult } from '../databases/sql-client.js'
import { HotbedError } from '../primitives/error.js'
import { errorFields } from '../primitives/error-fields.js'
import { clientConfig } from '../servers/postgres/external/client-config.js'

/** Where a load goes. A suite's `postgres` is one; so is a URL. */
export interface LoadTarget {
  /** Of the owner of the tables. */
  readonly url: string
  /** Of a superuser, who can pause indexes and foreign keys without dropping them. @default `url` */
  readonly adminUrl?: string | undefined
}

/** A connection that a load has for itself. */
export interface LoadSession {
  readonly client: Client
  readonly query: (text: string, values?: readonly unknown[]) => Promise<QueryResult>
  readonly close: () => Promise<void>
}

/** @throws {HotbedError} `ERR_HOTBED_SEED` when the server cannot be reached */
export async function openLoadSession(url: string): Promise<LoadSession> {
  const { default: pg } = await import('pg')
  const client: Client = new pg.Client({ ...clientConfig(url), application_name: 'hotbed seed' })
  // The end of the connection is told by the statement that runs into it.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (cause) {
    throw new HotbedError('ERR_HOTBED_SEED', {
      message: `The database to be loaded cannot be reached: ${errorFields(cause).message}.`,
      cause,
    })
  }
  const query = async (text: string, values?: readonly unknown[]): Promise<QueryResult> => {
    const answer: unknown = await client.query(values === undefined ? text : { text, values: [...values] })
    return (Array.isArray(answer) ? answer.at(-1) : answer) as QueryResult
  }
  // A load takes as long as it takes, and auto_explain would log every check of a foreign key.
  await query(
    "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET client_min_messages = warning; SET timezone = 'UTC'; SET datestyle = 'ISO'",
  )
  return { client, query, close: () => client.end().catch(() => {}) }
}

import type { Client } from 'pg'
import { errorFields } from '../../../primitives/error-fields.js'
import type { ServerTls } from '../../server-tls.js'
import { addressConfig } from './client-config.js'
import { explainRefusedLogin } from './refused-login.js'
import type { PostgresAddress } from './read-url.js'

/** A connection, and how it came about. */
export interface ExternalConnection {
  readonly client: ConnectedClient
  readonly tls: ServerTls | undefined
}

/** What the types of node-postgres leave out: the process id that the server, or whoever stands before it, has given the session. */
export type ConnectedClient = Client & { readonly processID: number | null }

/** An address, with options for the session. */
export interface ConnectedAddress extends PostgresAddress {
  /** As in the start-up message. @default none */
  readonly options?: string | undefined
}

const CONNECT_MS = 10_000

/**
 * Logs in to a server that is not ours. Without start-up options, which poolers refuse.
 *
 * @throws {HotbedError} `ERR_HOTBED_EXTERNAL` that says which part of the URL is to blame
 */
export async function connectExternal(address: ConnectedAddress): Promise<ExternalConnection> {
  const { tls } = address
  try {
    return { client: await connect(address, tls), tls }
  } catch (error) {
    if (!address.maySpeakClear || tls === undefined || !isWithoutTls(error)) throw explainRefusedLogin(address, error)
  }
  try {
    return { client: await connect(address, undefined), tls: undefined }
  } catch (error) {
    throw explainRefusedLogin(address, error)
  }
}

async function connect(address: ConnectedAddress, tls: ServerTls | undefined): Promise<ConnectedClient> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    ...addressConfig(address, tls),
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'hotbed',
    options: address.options ?? '',
  })
  // A server that ends takes its connections along; whoever uses the client learns it from the query.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return client as ConnectedClient
}

/** As node-postgres says it: the server has answered SSLRequest with N. */
function isWithoutTls(error: unknown): boolean {
  return errorFields(error).message.includes('does not support SSL')
}

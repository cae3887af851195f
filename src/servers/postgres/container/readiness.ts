import type { Client } from 'pg'
import type { Deadline } from '../../../primitives/deadline.js'
import { errorFields } from '../../../primitives/error-fields.js'
import { HotbedError } from '../../../primitives/error.js'
import type { ServerLife } from '../../server-process.js'

/** How the superuser of a container logs in. */
export interface ContainerLogin {
  readonly host: string
  readonly port: number
  readonly password: string
}

/** The engine has no event for "somebody answers now". */
const GLANCE_MS = 10
/** One that accepts connections and says nothing is tried again. */
const ATTEMPT_MS = 5_000
/** Refused for good: everything else passes while a server starts. */
const FINAL_STATES = /^(?:28|3D)/

/**
 * Settles with a session as soon as the server answers a query; with `undefined` when the container has ended instead. A mapped port accepts
 * connections before there is a server behind it, and the entrypoint's own temporary server says "ready" too, so an answer is the only proof.
 *
 * @throws {HotbedError} `ERR_HOTBED_POSTGRES_START`
 */
export async function waitForLogin(login: ContainerLogin, life: ServerLife, deadline: Deadline): Promise<Client | undefined> {
  let lastRefusal = 'nothing yet'
  while (life.exit() === undefined) {
    if (deadline.isOver()) {
      throw new HotbedError('ERR_HOTBED_POSTGRES_START', {
        message: `Postgres in its container (${life.label}) did not answer on ${login.host}:${login.port} in time. The last attempt met: ${lastRefusal}.`,
        log: life.lastLog(),
      })
    }
    const outcome = await Promise.race([connect(login).catch((error: unknown) => error), life.exited.then(() => undefined)])
    if (outcome === undefined) break
    if (!(outcome instanceof Error)) return outcome as Client
    const { code, message } = errorFields(outcome)
    if (code !== undefined && FINAL_STATES.test(code)) {
      throw new HotbedError('ERR_HOTBED_POSTGRES_START', {
        message: `Postgres in its container (${life.label}) refuses the login: ${message}`,
        log: life.lastLog(),
        cause: outcome,
      })
    }
    lastRefusal = message
    await new Promise((resolve) => setTimeout(resolve, GLANCE_MS))
  }
  return undefined
}

/** Connects as the superuser. The caller ends the client. */
export async function connect({ host, port, password }: ContainerLogin): Promise<Client> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    host,
    port,
    password,
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    connectionTimeoutMillis: ATTEMPT_MS,
    options: '-c client_min_messages=warning',
    application_name: 'hotbed',
  })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query('SELECT 1')
    return client
  } catch (error) {
    void client.end().catch(() => {})
    throw error
  }
}

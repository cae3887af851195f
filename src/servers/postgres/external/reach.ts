import { debug } from '../../../primitives/debug.js'
import { errorFields } from '../../../primitives/error-fields.js'
import { HotbedError } from '../../../primitives/error.js'
import type { ExternalProvider, PostgresServer } from '../../server.js'
import type { ServerTls } from '../../server-tls.js'
import { connectExternal, type ConnectedClient } from './connect.js'
import { refuseTransactionPooler } from './pooler.js'
import { readPostgresUrl, type PostgresAddress } from './read-url.js'

const OLDEST_MAJOR = 13
const NEWEST_KNOWN_MAJOR = 18

/** A server, and what it says it is. */
export interface ReachedPostgres extends PostgresServer {
  /** As `version()` has it. */
  readonly engine: string
}

/**
 * A Postgres that somebody else runs, reached by its URL. Nothing is changed on it here.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a URL that is none; `ERR_HOTBED_EXTERNAL` for a server that cannot be used, with the reason
 */
export async function reachExternalPostgres({ url }: ExternalProvider): Promise<ReachedPostgres> {
  const address = readPostgresUrl(url, 'postgres.provider.url')
  const { client, tls } = await connectExternal(address)
  try {
    await refuseTransactionPooler(address, client, async () => (await connectExternal({ ...address, tls, maySpeakClear: false })).client)
    const facts = await readFacts(client)
    checkFacts(address, facts)
    const { host, port, user, password, database } = address
    return {
      provider: 'external',
      engine: facts.engine,
      version: { text: facts.version, major: Math.floor(facts.number / 10_000), minor: facts.number % 10_000 },
      host,
      port,
      pid: undefined,
      // Nobody tells us: a connection that breaks is made anew, and the server is up again or is not.
      exited: new Promise(() => {}),
      control: undefined,
      lastLog: () => [],
      admin: { host, port, user, password, database, isSuperuser: facts.isSuperuser, tls, parameters: parametersOf(url, tls) },
      isShared: true,
      rights: {
        createDatabase: facts.mayCreateDatabase,
        copyFiles: facts.isCareless,
        plansUnavailable: await whyNoPlans(client, address, facts),
      },
      files: undefined,
      images: undefined,
      collation: facts.collation,
      clock: {
        why: "the clock of a server that somebody else runs stays; postgres: { clock: 'movable' } is for provider: 'embedded' or 'system'",
      },
      stop: async () => {},
      leave: () => {},
    }
  } finally {
    await client.end().catch(() => {})
  }
}

/** Of the URL as it was given; what was found out about TLS is said. */
function parametersOf(url: string, tls: ServerTls | undefined): string {
  const { searchParams } = new URL(url)
  // Ours have to be in their place.
  searchParams.delete('options')
  if (tls === undefined) searchParams.set('sslmode', 'disable')
  else if (!searchParams.has('sslmode')) searchParams.set('sslmode', tls.verify === 'nothing' ? 'require' : 'verify-full')
  return searchParams.toString()
}

interface Facts {
  readonly engine: string
  readonly version: string
  readonly number: number
  readonly isStandby: boolean
  readonly isReadOnly: boolean
  readonly isSuperuser: boolean
  readonly mayCreateDatabase: boolean
  readonly mayCreateSchema: boolean
  /** Made to forget at a crash, as a server for tests is: then nobody minds its checkpoints. */
  readonly isCareless: boolean
  readonly collation: string
}

const FACTS = `SELECT version() AS engine, current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
  pg_is_in_recovery() AS "isStandby", current_setting('default_transaction_read_only')::bool AS "isReadOnly",
  rolsuper AS "isSuperuser", rolsuper OR rolcreatedb AS "mayCreateDatabase",
  has_database_privilege(current_database(), 'CREATE') AS "mayCreateSchema",
  coalesce(current_setting('fsync', true), 'on') = 'off' AS "isCareless",
  (SELECT datcollate FROM pg_database WHERE datname = current_database()) AS collation
  FROM pg_roles WHERE rolname = current_user`

async function readFacts(client: ConnectedClient): Promise<Facts> {
  const { rows } = await client.query<Omit<Facts, 'number'> & { readonly number: number | string }>(FACTS)
  const [row] = rows
  if (row === undefined) throw new HotbedError('ERR_HOTBED_EXTERNAL', { message: 'The server does not know the role that it has let in.' })
  return { ...row, number: Number(row.number) }
}

/**
 * Whoever may load auto_explain may also have it loaded for the databases that he makes. For anybody else an administrator can have prepared the role:
 * then plans come when the session asks for them.
 */
async function whyNoPlans(
  client: ConnectedClient,
  { user }: PostgresAddress,
  { isSuperuser, mayCreateDatabase }: Facts,
): Promise<string | undefined> {
  if (!isSuperuser || !mayCreateDatabase) {
    const isPrepared = await sendsPlans(client)
    return isPrepared ? undefined : `auto_explain, which sends plans, can be loaded by a superuser alone, and '${user}' is none`
  }
  return client.query("LOAD 'auto_explain'").then(
    () => undefined,
    (error: unknown) => `the server has no auto_explain, which sends plans: ${errorFields(error).message}`,
  )
}

async function sendsPlans(client: ConnectedClient): Promise<boolean> {
  let hasCome = false
  client.on('notice', ({ message }) => (hasCome ||= message?.includes('"Node Type"') === true))
  await client.query('SET auto_explain.log_min_duration = 0').catch(() => {})
  await client.query('SELECT 1')
  return hasCome
}

function checkFacts({ host, port, user, database }: PostgresAddress, facts: Facts): void {
  const server = `The Postgres at ${host}:${port}`
  const major = Math.floor(facts.number / 10_000)
  if (major < OLDEST_MAJOR) {
    throw new HotbedError('ERR_HOTBED_EXTERNAL', {
      message: `${server} is of version ${facts.version}; ${OLDEST_MAJOR} is the oldest that hotbed knows.`,
      remedy: "Use another server, or provider: 'embedded'.",
    })
  }
  if (major > NEWEST_KNOWN_MAJOR) debug('%s is of version %s, newer than any that was tried', server, facts.version)
  if (facts.isStandby) {
    throw new HotbedError('ERR_HOTBED_EXTERNAL', {
      message: `${server} is a standby: it can be read only.`,
      remedy: 'Give the URL of its primary.',
    })
  }
  if (facts.isReadOnly) {
    throw new HotbedError('ERR_HOTBED_EXTERNAL', {
      message: `${server} lets '${user}' read only: default_transaction_read_only is on for it.`,
      remedy: `As an administrator: ALTER ROLE "${user}" RESET default_transaction_read_only, or use another role.`,
    })
  }
  if (facts.mayCreateDatabase || facts.mayCreateSchema) return
  throw new HotbedError('ERR_HOTBED_EXTERNAL', {
    message: `${server} lets '${user}' create neither databases nor schemas in '${database}', so that nothing can be made for a suite.`,
    remedy: `As an administrator: ALTER ROLE "${user}" CREATEDB; or else: GRANT CREATE ON DATABASE "${database}" TO "${user}".`,
  })
}

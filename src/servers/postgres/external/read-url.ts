import { HotbedError } from '../../../primitives/error.js'
import { redactUrl } from '../../../primitives/redact-url.js'
import { readPem } from '../../read-pem.js'
import type { ServerTls } from '../../server-tls.js'

/** What a connection URL says, in the meaning that libpq gives it. */
export interface PostgresAddress {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** `undefined`: in the clear. */
  readonly tls: ServerTls | undefined
  /** Without TLS where the server has none: `sslmode` prefer, which is also what holds when there is none. */
  readonly maySpeakClear: boolean
  readonly sslmode: string
}

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']
const DEFAULT_PORT = 5432

/**
 * Reads a URL such as `postgresql://user:password@host:5432/database?sslmode=verify-full&sslrootcert=ca.pem`. See “Connection URIs” and “SSL Mode
 * Descriptions” in PostgreSQL's manual. Certificates are read from their files.
 *
 * @param option what gave it, as messages name it
 * @throws {HotbedError} `ERR_HOTBED_OPTION`, which never shows the password
 */
export function readPostgresUrl(url: string, option: string): PostgresAddress {
  const refuse = (what: string): HotbedError =>
    new HotbedError('ERR_HOTBED_OPTION', {
      message: `Option '${option}' ${what}. It is ${redactUrl(url)}.`,
      remedy: 'Give it as postgresql://user:password@host:5432/database?sslmode=verify-full',
    })
  // The error of the constructor would show the whole text.
  if (!URL.canParse(url)) throw refuse('must be the URL of a Postgres')
  const parsed = new URL(url)
  const { protocol, hostname, port, username, password, pathname, searchParams } = parsed
  if (protocol !== 'postgresql:' && protocol !== 'postgres:') throw refuse(`must begin with postgresql://, and begins with ${protocol}//`)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (host === '' || searchParams.get('host')?.startsWith('/') === true)
    throw refuse('must name a host that is reached by TCP: a unix socket has no place for the tap')
  if (username === '') throw refuse('names no user')
  const sslmode = searchParams.get('sslmode') ?? (searchParams.has('sslrootcert') ? 'verify-full' : 'prefer')
  if (!MODES.includes(sslmode)) throw refuse(`has the sslmode '${sslmode}', which is none of ${MODES.join(', ')}`)
  const user = decodeURIComponent(username)
  return {
    host,
    port: port === '' ? DEFAULT_PORT : Number(port),
    user,
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)) || user,
    tls: sslmode === 'disable' ? undefined : readTls(host, sslmode, searchParams, option),
    maySpeakClear: sslmode === 'allow' || sslmode === 'prefer',
    sslmode,
  }
}

function readTls(host: string, sslmode: string, parameters: URLSearchParams, option: string): ServerTls {
  const root = parameters.get('sslrootcert')
  const hasRoot = root !== null && root !== 'system'
  // libpq: “if a root CA file exists, the behavior of sslmode=require will be the same as that of verify-ca”.
  const isChecked = sslmode === 'verify-ca' || (sslmode === 'require' && hasRoot)
  const read = (name: string): string | undefined => readPem(parameters, name, option)
  return {
    verify: sslmode === 'verify-full' ? 'name' : isChecked ? 'chain' : 'nothing',
    host,
    ca: hasRoot ? read('sslrootcert') : undefined,
    cert: read('sslcert'),
    key: read('sslkey'),
  }
}

import { errorFields } from '../../../primitives/error-fields.js'
import { HotbedError } from '../../../primitives/error.js'
import { redactUrl } from '../../../primitives/redact-url.js'
import type { ExternalRedisProvider, RedisServer } from '../../server.js'
import { readRedisTls } from './read-tls.js'
import { connectRedis, type RedisConnection } from '../client.js'
import { readInfo } from '../ask-server.js'
import { readConfig } from '../reset.js'

const DEFAULT_PORT = 6379
const OLDEST_MAJOR = 5

/**
 * A Redis that somebody else runs, reached by its URL. Nothing is changed on it here.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a URL that is none; `ERR_HOTBED_EXTERNAL` for a server that cannot be used, with the reason
 */
export async function reachExternalRedis({ url }: ExternalRedisProvider): Promise<RedisServer> {
  const server = readRedisUrl(url)
  const connection = await connectRedis(server, { timeoutMs: CONNECT_MS }).catch((error: unknown) => {
    throw explainRefusal(server, error)
  })
  try {
    const { version, flavour } = readInfo(
      String(await connection.send(['INFO', 'server']).catch((error: unknown) => Promise.reject(explainRefusal(server, error)))),
    )
    if (version.major < OLDEST_MAJOR) {
      throw new HotbedError('ERR_HOTBED_EXTERNAL', {
        message: `The Redis at ${server.host}:${server.port} is of version ${version.text}; ${OLDEST_MAJOR} is the oldest that hotbed knows.`,
        remedy: "Use another server, or provider: 'system'.",
      })
    }
    return { ...server, version, flavour, config: await readSettings(connection), modules: await readModules(connection) }
  } finally {
    await connection.close()
  }
}

const CONNECT_MS = 10_000

/** The server as its URL has it, before it was asked anything. */
function readRedisUrl(url: string): RedisServer {
  const refuse = (what: string): HotbedError =>
    new HotbedError('ERR_HOTBED_OPTION', {
      message: `Option 'redis.provider.url' ${what}. It is ${redactUrl(url)}.`,
      remedy: 'Give it as redis://:password@host:6379, or rediss:// for TLS.',
    })
  if (!URL.canParse(url)) throw refuse('must be the URL of a Redis')
  const { protocol, hostname, port, pathname, searchParams } = new URL(url)
  if (protocol !== 'redis:' && protocol !== 'rediss:') throw refuse(`must begin with redis:// or rediss://, and begins with ${protocol}//`)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  if (host === '') throw refuse('names no host')
  if (!/^\/?\d*$/.test(pathname)) throw refuse('ends with a database that is no number')
  return {
    provider: 'external',
    version: { text: 'unknown', major: 0, minor: 0 },
    flavour: 'redis',
    host,
    port: port === '' ? DEFAULT_PORT : Number(port),
    pid: undefined,
    exited: new Promise(() => {}),
    control: undefined,
    files: undefined,
    lastLog: () => [],
    modules: [],
    config: new Map(),
    url,
    tls: protocol === 'rediss:' ? readRedisTls(host, searchParams) : undefined,
    stop: async () => {},
    leave: () => {},
  }
}

/** A managed one may refuse these, and is used without. */
async function readSettings(connection: RedisConnection): Promise<ReadonlyMap<string, string>> {
  return readConfig(await connection.send(['CONFIG', 'GET', '*']).catch(() => []))
}

async function readModules(connection: RedisConnection): Promise<readonly string[]> {
  const reply = await connection.send(['MODULE', 'LIST']).catch(() => [])
  const modules: readonly unknown[] = Array.isArray(reply) ? reply : []
  return modules.flatMap((module) => (Array.isArray(module) && typeof module[1] === 'string' ? [module[1]] : []))
}

function explainRefusal({ host, port, tls }: RedisServer, error: unknown): HotbedError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  const { message, code = '' } = errorFields(cause)
  const [why, remedy] = explain(message, code, host, tls !== undefined)
  return new HotbedError('ERR_HOTBED_EXTERNAL', { message: `The Redis at ${host}:${port} cannot be used: ${why}`, remedy, cause })
}

function explain(message: string, code: string, host: string, isTls: boolean): readonly [string, string] {
  if (/WRONGPASS|invalid password/i.test(message)) return [`the password is wrong (${message}).`, 'Correct user and password in the URL.']
  if (/NOAUTH/.test(message)) return ['it demands a password, and the URL has none.', 'Give it: redis://:password@host:6379']
  if (/NOPERM/.test(message))
    return [`the user has too few rights (${message}).`, 'Let it have +@all ~* on the databases that hotbed uses.']
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return [`no host is called '${host}'.`, 'Correct the host in the URL.']
  if (code === 'ECONNREFUSED') return ['nobody listens there.', 'Start it, or correct host and port in the URL.']
  if (/CERT|SELF_SIGNED|UNABLE_TO|ISSUER/.test(code))
    return [`its certificate is not trusted (${message}).`, 'Name who has signed it: ssl_ca_certs=/path/to/ca.pem']
  if (isTls && /SSL|TLS|wrong version|EPROTO/i.test(`${code} ${message}`))
    return ['the URL demands TLS (rediss://), which it does not speak.', 'Use redis://.']
  if (isTls && /timeout/i.test(message))
    return ['it gave no answer by TLS within 10 s: perhaps it speaks none.', 'Use redis://, or look for a firewall.']
  if (/timeout/i.test(message)) return ['it gave no answer within 10 s.', 'Look for a firewall, or a wrong host.']
  if (!isTls && /closed|ECONNRESET/i.test(`${code} ${message}`))
    return ['it cut the connection, as one does that speaks TLS only.', 'Use rediss://.']
  return [`${message}.`, 'Try the URL with redis-cli -u.']
}

import { errorFields } from '../../../primitives/error-fields.js'
import { HotbedError } from '../../../primitives/error.js'
import type { PostgresAddress } from './read-url.js'

interface Explanation {
  readonly why: string
  readonly remedy: string
}

/** Why a login failed, in terms of the URL. The password is in none of it. */
export function explainRefusedLogin(address: PostgresAddress, error: unknown): HotbedError {
  const { why, remedy } = explain(address, errorFields(error))
  const { user, host, port, database } = address
  return new HotbedError('ERR_HOTBED_EXTERNAL', {
    message: `The Postgres at ${host}:${port} did not let '${user}' into '${database}': ${why}`,
    remedy,
    cause: error,
  })
}

function explain(
  { host, port, user, database, sslmode }: PostgresAddress,
  { code = '', message }: ReturnType<typeof errorFields>,
): Explanation {
  const said = message.replaceAll(/\s+/g, ' ')
  if (code === '28P01' || /password authentication failed|SASL|client password must be/i.test(said))
    return { why: `the password is wrong, or '${user}' has none (${said}).`, remedy: 'Correct the password in the URL.' }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { why: `no host is called '${host}' (${said}).`, remedy: 'Correct the host in the URL.' }
  if (code === 'ECONNREFUSED' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return {
      why: `nobody listens there (${said || code}).`,
      remedy: `Start it, or correct host and port: pg_isready -h ${host} -p ${port}`,
    }
  if (/timeout|timed out/i.test(said)) return { why: `no answer within 10 s (${said}).`, remedy: 'Look for a firewall, or a wrong host.' }
  if (/does not support SSL|no SSL/i.test(said))
    return {
      why: `the URL demands TLS (sslmode=${sslmode}), which the server does not speak.`,
      remedy: 'Switch ssl on in the server, or use sslmode=disable.',
    }
  if (/no encryption|SSL off|SSL required|ssl required|insecure connection/i.test(said))
    return {
      why: `the server demands TLS, and the URL says sslmode=${sslmode} (${said}).`,
      remedy: 'Use sslmode=verify-full, or sslmode=require.',
    }
  if (/valid client certificate|certificate authentication failed/i.test(said))
    return { why: `the server demands a client certificate (${said}).`, remedy: 'Add sslcert=client.pem&sslkey=client.key to the URL.' }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      why: `the server's certificate is for another host (${said}).`,
      remedy: `Use the host that it is for; sslmode=verify-ca does not compare it.`,
    }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ISSUER/.test(code))
    return {
      why: `the server's certificate is not signed by anybody known (${said}).`,
      remedy: 'Name who has signed it: sslrootcert=/path/to/ca.pem',
    }
  if (code === '3D000')
    return { why: `there is no such database (${said}).`, remedy: `Name one that exists, such as 'postgres'; '${database}' does not.` }
  if (code === '53300')
    return { why: `all its connections are in use (${said}).`, remedy: 'Raise max_connections, or end those that idle.' }
  if (code === '28000') return { why: `${said}.`, remedy: 'Correct user, host or sslmode in the URL, or pg_hba.conf of the server.' }
  return { why: `${said || code}.`, remedy: 'Try the URL with psql.' }
}

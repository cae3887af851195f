import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

/** How a server is reached by TLS. Plain data: it travels to the tap's thread. */
export interface ServerTls {
  /** What is asked of the server's certificate: nothing, that somebody known has signed it, or that it is also this host's. */
  readonly verify: 'nothing' | 'chain' | 'name'
  readonly host: string
  /** Certificates of those who may sign, in PEM. @default those that Node knows */
  readonly ca: string | undefined
  /** Our own certificate and its key, in PEM. @default none */
  readonly cert: string | undefined
  readonly key: string | undefined
}

/** The same for `tls.connect`. */
export function tlsOptions({ verify, host, ca, cert, key }: ServerTls): ConnectionOptions {
  return {
    host,
    // Names alone are told to a server (RFC 6066, section 3).
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: verify !== 'nothing',
    ...(verify === 'chain' ? { checkServerIdentity: () => undefined } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}

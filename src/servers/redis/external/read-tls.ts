import { readPem } from '../../read-pem.js'
import type { ServerTls } from '../../server-tls.js'

/**
 * TLS as the parameters of a rediss:// URL have it. They are called as in redis-py: `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile`, `ssl_cert_reqs=none`.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a file that cannot be read
 */
export function readRedisTls(host: string, parameters: URLSearchParams): ServerTls {
  const read = (name: string): string | undefined => readPem(parameters, name, 'redis.provider.url')
  return {
    verify: parameters.get('ssl_cert_reqs') === 'none' ? 'nothing' : 'name',
    host,
    ca: read('ssl_ca_certs'),
    cert: read('ssl_certfile'),
    key: read('ssl_keyfile'),
  }
}

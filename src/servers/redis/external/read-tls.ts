import { readFileSync } from 'node:fs'
import { errorFields } from '../../../primitives/error-fields.js'
import { HotbedError } from '../../../primitives/error.js'
import type { ServerTls } from '../../server-tls.js'

/**
 * TLS as the parameters of a rediss:// URL have it. They are called as in redis-py: `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile`, `ssl_cert_reqs=none`.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a file that cannot be read
 */
export function readRedisTls(host: string, parameters: URLSearchParams): ServerTls {
  const read = (name: string): string | undefined => {
    const path = parameters.get(name)
    if (path === null) return undefined
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      throw new HotbedError('ERR_HOTBED_OPTION', {
        message: `Option 'redis.provider.url: ${name}' names '${path}', which cannot be read: ${errorFields(error).message}`,
        remedy: 'Paths are relative to the working directory.',
        cause: error,
      })
    }
  }
  return {
    verify: parameters.get('ssl_cert_reqs') === 'none' ? 'nothing' : 'name',
    host,
    ca: read('ssl_ca_certs'),
    cert: read('ssl_certfile'),
    key: read('ssl_keyfile'),
  }
}

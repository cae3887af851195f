import { readFileSync } from 'node:fs'
import { errorFields } from '../primitives/error-fields.js'
import { HotbedError } from '../primitives/error.js'

/**
 * A certificate or a key that a parameter of a URL names.
 *
 * @param option as the message has it: `redis.provider.url: ssl_certfile`
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a file that cannot be read
 */
export function readPem(parameters: URLSearchParams, name: string, option: string): string | undefined {
  const path = parameters.get(name)
  if (path === null) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `Option '${option}: ${name}' names '${path}', which cannot be read: ${errorFields(error).message}`,
      remedy: 'Paths are relative to the working directory.',
      cause: error,
    })
  }
}

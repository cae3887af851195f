import { join } from 'node:path'
import { HotbedError } from '../../primitives/error.js'

/** sun_path of unix(7) less its end mark. */
const SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103

/** @throws {HotbedError} `ERR_HOTBED_RUN_DIRECTORY` when the path of a socket in `directory` would be too long for the system */
export function checkSocketPath(directory: string): void {
  const bytes = Buffer.byteLength(join(directory, '.s.PGSQL.65535'))
  if (bytes <= SOCKET_PATH_BYTES) return
  throw new HotbedError('ERR_HOTBED_RUN_DIRECTORY', {
    message: `The path of a unix socket in ${directory} would have ${bytes} bytes; this system allows ${SOCKET_PATH_BYTES}.`,
    remedy: 'Set HOTBED_RUN_DIRECTORY to a directory with a shorter path.',
  })
}

import { HotbedError } from '../../primitives/error.js'

/** Why there is no image of a server's files: it would have to recover at every start. */
export function uncleanShutdown(log: readonly string[] = []): HotbedError {
  const message = 'Postgres was not shut down cleanly, so its files cannot be saved as an image.'
  return new HotbedError('ERR_HOTBED_POSTGRES_EXITED', { message, log })
}

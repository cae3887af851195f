import type { Server } from '../servers/server.js'

/** A server that ended although nobody had asked it to. */
export interface ServerExit {
  readonly store: 'postgres' | 'redis'
  /** As the server says it, such as `18.4`. */
  readonly version: string
  /** As the shell says it: 128 + n for signal n. */
  readonly status: number
  /** The last lines of its log. */
  readonly log: readonly string[]
}

/** Calls `onExit` when `server` ends by itself. The function that is returned says that from now on its end is wanted. */
export function watchServer(store: ServerExit['store'], server: Server, onExit: ((exit: ServerExit) => void) | undefined): () => void {
  let wanted = false
  if (onExit !== undefined) {
    void server.exited.then(({ status }) => {
      if (!wanted) onExit({ store, version: server.version.text, status, log: server.lastLog() })
    })
  }
  return () => {
    wanted = true
  }
}

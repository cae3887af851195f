import { errorMonitor, EventEmitter } from 'node:events'
import { Socket } from 'node:net'

/**
 * Calls `onRefused` for each connection of this process that is refused at a port of this machine, until the function that it gives is called. A port
 * that is closed tells nobody who came; those of other processes are not seen. `net.client.socket` of `node:diagnostics_channel` would not do: it
 * tells of `net.connect` only, and `pg` calls `new Socket().connect()`.
 */
export function watchRefusedConnections(port: number, onRefused: () => void): () => void {
  const watched = new WeakSet<Socket>()
  const original: unknown = Reflect.get(Socket.prototype, 'connect')
  if (typeof original !== 'function') return () => {}
  let isOver = false
  const connect = function (this: Socket, ...args: readonly unknown[]): unknown {
    if (!isOver && !watched.has(this)) {
      watched.add(this)
      EventEmitter.prototype.on.call(this, errorMonitor, (error: unknown) => {
        if (!isOver && isRefusedAt(error, port)) onRefused()
      })
    }
    return Reflect.apply(original, this, args)
  }
  Reflect.set(Socket.prototype, 'connect', connect)
  return () => {
    isOver = true
    // Whoever has put something over it since calls it still.
    if (Reflect.get(Socket.prototype, 'connect') === connect) Reflect.set(Socket.prototype, 'connect', original)
  }
}

/** Of a name with several addresses each has an error of its own. */
function isRefusedAt(error: unknown, port: number): boolean {
  if (typeof error !== 'object' || error === null) return false
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.some((one) => isRefusedAt(one, port))
  return 'code' in error && error.code === 'ECONNREFUSED' && 'port' in error && error.port === port
}

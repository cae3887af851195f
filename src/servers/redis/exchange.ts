import { createConnection } from 'node:net'
import { readReply, writeRequest, type RespReply } from './resp.js'

/** The path of a unix socket, or a host and port. */
export type StoreAddress = string | { readonly host: string; readonly port: number }

/**
 * Connects, sends all requests at once, and settles with one reply for each; then the connection is gone.
 * Rejects with the error of the connection. No Redis client is loaded for it, because one costs more than the start of a server.
 */
export function exchange(address: StoreAddress, requests: readonly (readonly string[])[]): Promise<readonly RespReply[]> {
  return new Promise((resolve, reject) => {
    const replies: RespReply[] = []
    let bytes = Buffer.alloc(0)
    const connection = typeof address === 'string' ? createConnection(address) : createConnection({ ...address })
    connection.once('error', reject)
    connection.once('close', () => reject(new Error('Redis closed the connection before it had answered.')))
    connection.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      try {
        for (let next = readReply(bytes); next !== undefined; next = readReply(bytes)) {
          replies.push(next.reply)
          bytes = bytes.subarray(next.end)
        }
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
        connection.destroy()
      }
      if (replies.length < requests.length) return
      resolve(replies)
      connection.destroy()
    })
    connection.write(requests.map(writeRequest).join(''))
  })
}

import type { Socket } from 'node:net'

/** A connection that the tap carries without reading it: neither recorded nor steered, for as long as it lives. */
export interface UnreadLink {
  /** Ends the server's side and leaves the client's open and silent. */
  readonly retire: () => void
}

export function openUnreadLink(client: Socket, server: Socket, closed: (link: UnreadLink) => void): UnreadLink {
  client.pipe(server)
  server.pipe(client)
  const link: UnreadLink = {
    retire: () => {
      client.unpipe(server)
      server.unpipe(client)
      server.destroy()
      client.on('data', () => client.destroy())
      client.on('end', () => client.end())
      // Who has hung up already would be left half open for ever.
      if (client.readableEnded) client.end()
      client.resume()
      client.unref()
    },
  }
  // One side that fails takes the other with it; `close` follows.
  client.on('error', () => server.destroy())
  server.on('error', () => client.resetAndDestroy())
  client.on('close', () => {
    server.destroy()
    closed(link)
  })
  return link
}

import type { Socket } from 'node:net'

/** How fast the bytes of a connection go on. */
export interface Pace {
  readonly set: (bytesPerSecond: number | undefined) => void
  /** At a limited pace bytes go on when they would have come over a line of that many a second. */
  readonly over: (socket: Socket, take: (bytes: Buffer) => void, mayGoOn: () => boolean) => (bytes: Buffer) => void
}

export function createPace(isOver: () => boolean): Pace {
  let pace: number | undefined
  return {
    set: (bytesPerSecond) => {
      pace = bytesPerSecond
    },
    over: (socket, take, mayGoOn) => (bytes) => {
      if (pace === undefined) return take(bytes)
      socket.pause()
      setTimeout(
        () => {
          if (isOver()) return
          take(bytes)
          if (mayGoOn()) socket.resume()
        },
        (bytes.length * 1000) / pace,
      )
    },
  }
}

import type { Socket } from 'node:net'

/** Limits how fast one connection's bytes go on, in both directions. */
export interface Pace {
  /** At a limited pace bytes go on when they would have come over a line of that many a second. */
  readonly paced: (socket: Socket, take: (bytes: Buffer) => void, mayGoOn: () => boolean) => (bytes: Buffer) => void
  readonly setPace: (bytesPerSecond: number | undefined) => void
}

export function createPace(isOver: () => boolean): Pace {
  let pace: number | undefined
  return {
    setPace: (bytesPerSecond) => {
      pace = bytesPerSecond
    },
    paced: (socket, take, mayGoOn) => (bytes) => {
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

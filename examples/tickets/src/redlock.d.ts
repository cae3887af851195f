/** redlock 5.0.0-beta.2 has types and does not export them: its `exports` lack a `types` condition. This is what is used of them here. */
declare module 'redlock' {
  import type { Redis } from 'ioredis'

  export interface Settings {
    readonly driftFactor: number
    readonly retryCount: number
    readonly retryDelay: number
    readonly retryJitter: number
    readonly automaticExtensionThreshold: number
  }

  export default class Redlock {
    constructor(clients: Iterable<Redis>, settings?: Partial<Settings>)
    using<Result>(
      resources: string[],
      durationMs: number,
      settings: Partial<Settings>,
      routine: (signal: AbortSignal) => Promise<Result>,
    ): Promise<Result>
  }
}

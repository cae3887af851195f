import { wallClockMs } from '../primitives/real-time.js'
import type { LendTables, RedisFill } from './redis-fill.js'
import type { RedisFillPlan } from './redis-fill-plan.js'
import type { RedisSuites } from './redis-suites.js'

/** Redis servers that are interchangeable. */
export interface RedisKind {
  readonly suites: RedisSuites
  readonly fill: Pick<RedisFill, 'useTables'> | undefined
}

/** Writes the keys of a dataset over a connection, where the files in which keys are saved are out of reach. */
export interface KeyLoader extends Pick<RedisFill, 'useTables'> {
  readonly load: (url: string) => Promise<void>
}

export function createKeyLoader({ keys, needsTables }: RedisFillPlan): KeyLoader {
  let lend: LendTables | undefined
  return {
    useTables: (tables) => void (lend = tables),
    load: async (url) => {
      const lifeBase = BigInt(wallClockMs())
      if (needsTables) await lend?.(async (tables) => void (await keys.load(url, { tables, lifeBase })))
      else await keys.load(url, { tables: undefined, lifeBase })
    },
  }
}

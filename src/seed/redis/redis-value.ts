/** Text, bytes as they are, or a number, which Redis keeps as text. */
export type RedisScalar = string | number | Uint8Array

/** What a key holds. A list, set, sorted set or stream without members does not exist in Redis: no key is written for it. */
export type RedisValue =
  | RedisScalar
  | { readonly hash: Readonly<Record<string, RedisScalar>> }
  | { readonly list: readonly RedisScalar[] }
  | { readonly set: readonly RedisScalar[] }
  /** Member and score. */
  | { readonly zset: readonly (readonly [member: RedisScalar, score: number])[] | Readonly<Record<string, number>> }
  /** Without ids, the entries get ids one millisecond apart that end at the dataset's epoch. */
  | {
      readonly stream: readonly (
        | Readonly<Record<string, RedisScalar>>
        | readonly [id: string, fields: Readonly<Record<string, RedisScalar>>]
      )[]
    }
  /** Needs the JSON module on the server. */
  | { readonly json: unknown }

/** One key, as it will be written. */
export interface RedisWrite {
  readonly key: string
  readonly value: RedisValue
  /** Life from the moment it is written; `undefined` for ever. */
  readonly ttlMs: number | undefined
}

/** The kinds that have a name in a value: `{ hash: … }`. */
export const VALUE_KINDS = ['hash', 'list', 'set', 'zset', 'stream', 'json'] as const

export function isScalar(value: unknown): value is RedisScalar {
  return typeof value === 'string' || typeof value === 'number' || value instanceof Uint8Array
}

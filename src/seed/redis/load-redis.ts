import { HotbedError, isHotbedError } from '../../primitives/error.js'
import { fingerprint } from '../../primitives/fingerprint.js'
import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { isRespError } from '../../servers/redis/resp.js'
import type { BoundDataset } from '../bind-dataset.js'
import { showValue } from '../generators/argument.js'
import type { LoadProgress } from '../load-report.js'
import { readShard, type LoadedShard } from '../shards/shard.js'
import { bindEntries, type BoundEntries } from './bind-entries.js'
import type { CacheEntries } from './cache-of.js'
import { commandsOf, type RedisCommand } from './commands.js'
import type { RedisEntries } from './entries.js'
import { fingerprintEntries } from './entries-fingerprint.js'
import { writeShard } from './write-shard.js'
import { connectLink, RefusedCommand, type RedisLink, type RedisTarget } from './redis-link.js'
import { streamCommands } from './stream-commands.js'
import { monotonicMs } from '../../primitives/real-time.js'

export interface RedisLoadOptions {
  /** What `cacheOf` and generators that refer to tables read from; its seed and epoch are used. */
  readonly dataset?: BoundDataset
  /** Without a dataset. @default 1 */
  readonly seed?: number
  /** Without a dataset: ISO 8601. Ids of streams are counted from it. @default '2025-01-01T00:00:00Z' */
  readonly epoch?: string
  /** Told about once for every megabyte, and at the end of each pattern. `table` is `redis` and the pattern. */
  readonly onProgress?: (progress: LoadProgress) => void
  /** Gives up the load; what was written by then stays. */
  readonly signal?: AbortSignal
  /** How long the server may be silent. @default 60000 */
  readonly stallMs?: number
  /**
   * Writes one part of every pattern, such as `'3/16'`, while other machines write the others. A part that was written is not written again.
   *
   * @default all keys
   */
  readonly shard?: string
}

export interface RedisLoadReport {
  /** Keys written; a key that is written twice counts twice. */
  readonly keys: number
  readonly commands: number
  readonly bytes: number
  readonly seconds: number
  /** What became of the shard, when one was loaded. */
  readonly shard?: LoadedShard
}

/**
 * Writes keys into Redis at the speed at which it takes commands: one connection, 64 KB at a time, every reply counted. A text replaces what its
 * key held; members are added to a list, set, hash, sorted set or stream that is there already.
 *
 * @example
 * await loadRedis(suite.redis, [{ key: 'session:{row}', rows: 100_000, value: (row) => `user-${row}`, ttlSeconds: uniform({ min: 60, max: 3600 }) }])
 *
 * @throws {HotbedError} `ERR_HOTBED_DATASET` and `ERR_HOTBED_OPTION` for what cannot be written; `ERR_HOTBED_SEED` when Redis refuses a command,
 * which is named, or is gone, or holds half of the shard; `ERR_HOTBED_TIMEOUT` when it is silent for `stallMs`; the signal's reason
 */
export async function loadRedis(
  target: RedisTarget,
  entries: readonly (RedisEntries | CacheEntries)[],
  options: RedisLoadOptions = {},
): Promise<RedisLoadReport> {
  checkOptionNames(options, ['dataset', 'seed', 'epoch', 'onProgress', 'signal', 'stallMs', 'shard'], 'loadRedis()')
  if (!Array.isArray(entries)) throw wrongOption('entries', 'a list', entries)
  const { dataset, seed = 1, epoch = '2025-01-01T00:00:00Z', onProgress, signal, stallMs = 60_000 } = options
  const epochMs = dataset?.dataset.epochMs ?? Date.parse(epoch)
  if (Number.isNaN(epochMs)) throw wrongOption('epoch', "ISO 8601 such as '2025-01-01T00:00:00Z'", epoch)
  const shard = options.shard === undefined ? undefined : readShard(options.shard)
  signal?.throwIfAborted()
  const context = { seed: dataset?.dataset.seed ?? seed, epochMs, dataset }
  const bound = await bindEntries(entries, context)
  if (shard === undefined) return writeEntries(target, bound, { onProgress, signal, stallMs })
  const content = fingerprint([await fingerprintEntries(entries, context), dataset?.dataset.fingerprintPart])
  return writeShard(target, bound, { content, shard, stallMs }, (part) => writeEntries(target, part, { onProgress, signal, stallMs }))
}

export interface WriteOptions {
  readonly onProgress?: RedisLoadOptions['onProgress'] | undefined
  readonly signal?: AbortSignal | undefined
  readonly stallMs: number
  /** See `commandsOf`. @default the moment when Redis gets the command */
  readonly lifeBase?: bigint
}

/** @throws {HotbedError} as `loadRedis` */
export async function writeEntries(
  target: RedisTarget,
  bound: readonly BoundEntries[],
  { onProgress, signal, stallMs, lifeBase }: WriteOptions,
): Promise<RedisLoadReport> {
  const start = monotonicMs()
  const link = await connectLink(target, stallMs)
  const abort = (): void => link.destroy()
  signal?.addEventListener('abort', abort, { once: true })
  const tell = createTeller(onProgress)
  let keys = 0
  const counted = function* (): Generator<RedisCommand, void, void> {
    let ended: BoundEntries | undefined
    for (const command of commandsOf(bound, lifeBase)) {
      if (ended !== undefined && ended !== command.entries) tell(ended, ended.rows)
      ended = command.entries
      keys += command.keys
      yield command
    }
  }
  try {
    if (bound.some(({ isJson }) => isJson)) await checkJson(link)
    let passed = 0
    let current: BoundEntries | undefined
    const sent = await streamCommands(link, counted(), {
      signal,
      stallMs,
      onProgress: ({ command, bytes }) => {
        if (command.entries !== current) passed = bytes
        current = command.entries
        tell(command.entries, command.rowsDone, bytes - passed)
      },
    })
    await link.close()
    const last = bound.at(-1)
    if (last !== undefined) tell(last, last.rows)
    return { keys, ...sent, seconds: (monotonicMs() - start) / 1000 }
  } catch (error) {
    const answered = link.answered()
    link.destroy()
    if (signal?.aborted === true) throw signal.reason
    throw isHotbedError(error) ? error : explainFailure(error, bound, answered)
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

type Tell = (entries: BoundEntries, rowsDone: number, bytes?: number) => void

function createTeller(onProgress: RedisLoadOptions['onProgress']): Tell {
  let lastBytes = 0
  let told: BoundEntries | undefined
  return (entries, rowsDone, bytes) => {
    lastBytes = bytes ?? (told === entries ? lastBytes : 0)
    told = entries
    const from = entries.from ?? 0
    onProgress?.({ table: entries.label, phase: 'rows', rowsDone: rowsDone - from, rows: entries.rows - from, bytes: lastBytes })
  }
}

/** Asked for a type that no key has: without the module, Redis does not know the command. */
async function checkJson(link: RedisLink): Promise<void> {
  const reply = await link.ask(['JSON.TYPE', 'hotbed:no-such-key'])
  if (isRespError(reply) && /unknown command/i.test(reply.error)) throw noJson()
}

function noJson(cause?: unknown): HotbedError {
  return new HotbedError('ERR_HOTBED_SEED', {
    message: 'The entries hold { json } values, but this Redis has no JSON module (it does not know JSON.SET).',
    remedy: "Start Redis with the module (redis: { modules: ['json'] }), or write the text: value: (row) => JSON.stringify(…).",
    cause,
  })
}

/** Nothing was kept of the commands: they are made again, as they are the same every time. */
function explainFailure(error: unknown, bound: readonly BoundEntries[], answered: number): HotbedError {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof RefusedCommand)) {
    return new HotbedError('ERR_HOTBED_SEED', {
      message: `The load of Redis broke off after ${answered.toLocaleString('en')} answered commands: the connection was lost (${message}).`,
      remedy: 'Look at the log of the server for why it ended; NODE_DEBUG=hotbed shows more.',
      cause: error,
    })
  }
  if (/unknown command.*JSON\./i.test(message)) return noJson(error)
  let index = 0
  for (const command of commandsOf(bound)) {
    if (index === error.index) {
      return new HotbedError('ERR_HOTBED_SEED', {
        message: `Redis refused command ${(index + 1).toLocaleString('en')} of the load, ${describe(command)}: ${message.replace(/\.$/, '')}.`,
        ...remedyFor(message),
        cause: error,
      })
    }
    index += 1
  }
  return new HotbedError('ERR_HOTBED_SEED', { message: `Redis refused a command of the load: ${message}.`, cause: error })
}

function describe({ words, entries, keys }: RedisCommand): string {
  const [name, key] = words
  const others = keys > 1 ? ` and ${keys - 1} more keys, up to ${showValue(words.at(-2))}` : ''
  return `${String(name)} ${showValue(key)}${others} (of '${entries.label}')`
}

function remedyFor(message: string): { readonly remedy?: string } {
  if (message.startsWith('OOM')) return { remedy: 'Raise maxmemory, choose an eviction policy, or load fewer rows.' }
  if (message.startsWith('WRONGTYPE'))
    return { remedy: 'The key is there already and holds another type: load into an empty Redis, or change the pattern.' }
  if (/smaller than the target stream/.test(message))
    return { remedy: 'The stream is there already, with later entries: load into an empty Redis.' }
  return {}
}

import { withDeadline } from '../primitives/deadline.js'
import { errorFields } from '../primitives/error-fields.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../primitives/options.js'
import { makeCacheComparison, type CacheComparison, type CacheEntry } from './cache-comparison.js'
import { readCachedValue, type CachedValue } from './cached-value.js'
import { firstDifference, plainValue } from './first-difference.js'
import { inspectKeyspace, type SendCommand } from './inspect.js'
import type { KeyspaceKey } from './keyspace-snapshot.js'

/** What a cached key should hold now: the answer of whatever fills it. Undefined or null: nothing. */
export type CacheLoader = (key: string) => unknown

export interface CompareCacheOptions {
  /** Makes of what is cached what the loader gives. @default JSON, and what is no JSON as the text that it is; of a hash each field so */
  readonly decode?: (value: CachedValue, key: string) => unknown
  /** How many loads go on at a time. @default 8 */
  readonly concurrency?: number
  /** How long one load may take. @default 5000 */
  readonly timeoutMs?: number
}

type Compared = Pick<CacheEntry, 'state' | 'cached' | 'loaded' | 'difference' | 'note'>

const NO_JSON = 'text that is no JSON'

/**
 * Puts every key that matches beside the loader's answer. What is cached is read on a connection of hotbed's own, past the tap. Keys that end
 * meanwhile are left out. A loader that throws, or takes too long, is noted at its key; it ends nothing.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for a pattern, loader or option that is none
 */
export async function compareCache(
  send: SendCommand,
  pattern: string,
  loader: CacheLoader,
  options: CompareCacheOptions = {},
): Promise<CacheComparison> {
  if (typeof loader !== 'function') throw wrongOption('loader', 'a function that gives what a key should hold', loader)
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ decode, concurrency, timeoutMs }', options)
  checkOptionNames(options, ['decode', 'concurrency', 'timeoutMs'], 'compareCache()')
  const { decode, concurrency = 8, timeoutMs = 5_000 } = options
  if (decode !== undefined && typeof decode !== 'function') throw wrongOption('decode', 'a function', decode)
  checkWholeNumber('concurrency', concurrency, 1)
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) throw wrongOption('timeoutMs', 'milliseconds above 0', timeoutMs)
  const { keys } = await inspectKeyspace(send, pattern)
  const load = (key: string): Promise<unknown> => withDeadline((async () => loader(key))(), timeoutMs, `the loader's answer for ${key}`)
  const entries = await mapBounded(keys, concurrency, async ({ key, type, ttlMs }): Promise<readonly CacheEntry[]> => {
    const value = await readCachedValue(send, key, type)
    if (value === undefined && isCompared(type)) return []
    return [{ key, type, ttlMs, ...(await compareKey(key, type, value, { decode, load })) }]
  })
  return makeCacheComparison(pattern, entries.flat())
}

const isCompared = (type: KeyspaceKey['type']): boolean => type === 'string' || type === 'hash'

interface Ways {
  readonly decode: CompareCacheOptions['decode']
  readonly load: (key: string) => Promise<unknown>
}

async function compareKey(key: string, type: string, value: CachedValue | undefined, { decode, load }: Ways): Promise<Compared> {
  const none = { cached: undefined, loaded: undefined, difference: undefined }
  if (value === undefined) return { ...none, state: 'unreadable', note: `a ${type}: strings and hashes are compared` }
  if (Buffer.isBuffer(value) && decode === undefined) {
    return { ...none, state: 'unreadable', note: `${value.length.toLocaleString('en-US')} bytes that are no JSON: give decode` }
  }
  let loaded: unknown
  try {
    loaded = plainValue(await load(key))
  } catch (error) {
    return { ...none, state: 'unloaded', note: `the loader threw: ${errorFields(error).message}` }
  }
  try {
    return judge(decode === undefined ? readPlainly(value, loaded) : { cached: plainValue(decode(value, key)) }, loaded)
  } catch (error) {
    return { ...none, loaded, state: 'unreadable', note: `decode threw: ${errorFields(error).message}` }
  }
}

function judge({ cached, note }: { readonly cached: unknown; readonly note?: string | undefined }, loaded: unknown): Compared {
  const facts = { cached, loaded, note }
  const isNothing = (value: unknown): boolean => value === undefined || value === null
  if (isNothing(loaded)) return { ...facts, state: isNothing(cached) ? 'equal' : 'orphaned', difference: undefined }
  const difference = firstDifference(cached, loaded)
  return { ...facts, state: difference === undefined ? 'equal' : 'different', difference }
}

function readPlainly(value: CachedValue, loaded: unknown): { readonly cached: unknown; readonly note?: string | undefined } {
  if (typeof value === 'string') return readText(value, loaded)
  const wanted: Readonly<Record<string, unknown>> =
    typeof loaded === 'object' && loaded !== null ? (loaded as Readonly<Record<string, unknown>>) : {}
  const fields = Object.entries(value as Readonly<Record<string, string>>).map(
    ([name, text]) => [name, readText(text, Object.hasOwn(wanted, name) ? wanted[name] : undefined).cached] as const,
  )
  // A hash cannot hold null: there a field is not there.
  const absent = Object.entries(wanted).flatMap(([name, own]) =>
    own === null && !Object.hasOwn(value, name) ? [[name, null] as const] : [],
  )
  return { cached: Object.fromEntries([...fields, ...absent]) }
}

/** A text is one where the loader gives that text, also when it could be read as JSON: `7` beside `'7'`. */
function readText(text: string, loaded: unknown): { readonly cached: unknown; readonly note?: string | undefined } {
  if (text === loaded) return { cached: text }
  try {
    return { cached: JSON.parse(text) as unknown }
  } catch {
    return { cached: text, note: NO_JSON }
  }
}

/** In the order of the items, however the work on them ends. */
async function mapBounded<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  const rest = items.entries()
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) results[index] = await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  return results
}

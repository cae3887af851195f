import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { wallClockMs } from '../primitives/real-time.js'
import { knowsExpireTime } from './expire-time.js'
import { makeKeyspaceSnapshot, type KeyspaceKey, type KeyspaceSnapshot } from './keyspace-snapshot.js'

/** Sends one command on a connection that nobody judges; replies as RESP2 has them. Calls made together travel together. */
export type SendCommand = (args: readonly (string | Buffer | number)[]) => Promise<unknown>

/** What is read of each key. */
export interface InspectOptions {
  /**
   * Also reads each value's length. Unlike everything else that is read here it counts as a use of the key for LRU and LFU eviction.
   * @default false
   */
  readonly lengths?: boolean
  /** Also counts the bytes of each value, by reading it on the server. A use of the key as well. @default false */
  readonly values?: boolean
}

export type KeyName = string | Buffer

const SCAN_COUNT = 1000
/** What decoding makes of bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD'
const LENGTH_COMMANDS: Readonly<Record<string, string>> = {
  string: 'STRLEN',
  hash: 'HLEN',
  list: 'LLEN',
  set: 'SCARD',
  zset: 'ZCARD',
  stream: 'XLEN',
}

/**
 * Reads every key that matches `pattern` (a glob, as SCAN takes it): type, remaining life, memory. The server is never blocked: SCAN, not KEYS.
 * A key that expires or is deleted meanwhile is left out.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for an empty pattern or an unknown option
 * @throws {HotbedError} `ERR_HOTBED_QUERY` for a key whose name the connection cannot read
 */
export async function inspectKeyspace(send: SendCommand, pattern: string, options: InspectOptions = {}): Promise<KeyspaceSnapshot> {
  if (typeof pattern !== 'string' || pattern === '') throw wrongOption('pattern', "a glob such as 'product:*' ('*' for every key)", pattern)
  checkOptionNames(options, ['lengths', 'values'], 'inspect()')
  const hasExpireTime = await knowsExpireTime(send)
  const found = new Map<string, KeyspaceKey>()
  for await (const names of scanKeys(send, pattern)) {
    // SCAN may say a key twice.
    const fresh = names.filter((name) => !found.has(printKey(name)))
    for (const key of await readKeys(send, fresh, { ...options, hasExpireTime })) found.set(key.key, key)
  }
  return makeKeyspaceSnapshot(pattern, [...found.values()], wallClockMs())
}

/** The names of the keys that match, by the hundred; some may come twice. */
export async function* scanKeys(send: SendCommand, pattern: string): AsyncGenerator<readonly KeyName[]> {
  let cursor = '0'
  do {
    const [next, names] = readScan(await send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT]))
    yield names
    cursor = next
  } while (cursor !== '0')
}

function readScan(reply: unknown): readonly [string, readonly KeyName[]] {
  const [cursor, names]: readonly unknown[] = Array.isArray(reply) ? reply : []
  const list: readonly unknown[] = Array.isArray(names) ? names : []
  const next = typeof cursor === 'string' || typeof cursor === 'number' || Buffer.isBuffer(cursor) ? cursor.toString() : '0'
  return [next, list.map((name) => (Buffer.isBuffer(name) ? name : String(name)))]
}

interface Wanted extends InspectOptions {
  readonly hasExpireTime: boolean
}

async function readKeys(send: SendCommand, names: readonly KeyName[], wanted: Wanted): Promise<readonly KeyspaceKey[]> {
  const { lengths = false, values = false, hasExpireTime } = wanted
  const keys = await Promise.all(
    names.map(async (name): Promise<KeyspaceKey & { readonly name: KeyName }> => {
      const [type, ttl, bytes, expiresAt] = await Promise.all([
        send(['TYPE', name]),
        send(['PTTL', name]),
        // A sample of 5 elements is the default, and no count.
        send(['MEMORY', 'USAGE', name, 'SAMPLES', 0]),
        hasExpireTime ? send(['PEXPIRETIME', name]) : undefined,
      ])
      return {
        name,
        key: printKey(name),
        type: String(type),
        ttlMs: Number(ttl) === -1 ? 'persistent' : Number(ttl),
        bytes: typeof bytes === 'number' ? bytes : undefined,
        length: undefined,
        ...(typeof expiresAt === 'number' && expiresAt >= 0 ? { expiresAtMs: expiresAt } : {}),
      }
    }),
  )
  const present = keys.filter(({ type, ttlMs }) => type !== 'none' && ttlMs !== -2)
  const mangled = keys.find((key) => !present.includes(key) && key.key.includes(REPLACEMENT))
  if (mangled !== undefined) {
    // Left out, it would be a key that no expectation is ever held against.
    throw new HotbedError('ERR_HOTBED_QUERY', {
      message: `The name of a key is no UTF-8 and cannot be asked about: ${mangled.key}`,
      remedy: 'Give a pattern that it does not match.',
    })
  }
  return Promise.all(
    present.map(async ({ name, ...key }) => {
      const [length, valueBytes] = await Promise.all([
        lengths ? readLength(send, name, key.type) : undefined,
        values ? countValueBytes(send, name) : undefined,
      ])
      return { ...key, length, ...(valueBytes === undefined ? {} : { valueBytes }) }
    }),
  )
}

async function readLength(send: SendCommand, name: KeyName, type: string): Promise<number | undefined> {
  const command = LENGTH_COMMANDS[type]
  const length = command === undefined ? undefined : await send([command, name])
  return typeof length === 'number' ? length : undefined
}

/** Adds up on the server, so that no value travels. */
const COUNT_BYTES = `
local READERS = { hash = {'HGETALL'}, list = {'LRANGE', 0, -1}, set = {'SMEMBERS'}, zset = {'ZRANGE', 0, -1}, stream = {'XRANGE', '-', '+'} }
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'string' then return redis.call('STRLEN', KEYS[1]) end
local reader = READERS[kind]
if not reader then return -1 end
local function count(part)
  if type(part) ~= 'table' then return #part end
  local sum = 0
  for _, one in ipairs(part) do sum = sum + count(one) end
  return sum
end
return count(redis.call(reader[1], KEYS[1], unpack(reader, 2)))
`

/** Undefined for the types of modules. Of a stream with the ids of its entries. */
async function countValueBytes(send: SendCommand, name: KeyName): Promise<number | undefined> {
  const bytes = await send(['EVAL', COUNT_BYTES, 1, name])
  return typeof bytes === 'number' && bytes >= 0 ? bytes : undefined
}

/** Bytes that are no UTF-8 are written `\\xff`. */
export function printKey(name: KeyName): string {
  if (typeof name === 'string') return name
  const text = name.toString('utf8')
  return Buffer.from(text, 'utf8').equals(name)
    ? text
    : name.toString('latin1').replace(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

import { findFreePort } from '../../primitives/free-port.js'
import type { LocalRedisServer, RedisServer } from '../server.js'
import { exchange, type StoreAddress } from './exchange.js'
import { LASTING_NOTHING } from './lasting-nothing.js'
import { isRespError, type RespReply } from './resp.js'
import { addressOf } from './send-directly.js'

/** A server that is busy, or out of breath, is stopped: nobody is to wait for it. */
const PATIENCE_MS = 100
/** What a larger one has to free takes longer than starting another, and its memory would no longer look new. */
const MAX_PEAK_BYTES = 8 * 1_048_576
/** Sent after our own CONFIG RESETSTAT: where it is missing, somebody else has wiped the statistics, and what was done before is unknown. */
const MARK = ['SLOWLOG', 'HELP']

/** What hotbed itself has sent, and how often: when it started the server, when it recycled it, and in this file so far. */
const SENT_AT_START: ReadonlyMap<string, number> = new Map([
  ['config|get', 1],
  ['module|list', 1],
  ['config|set', 1],
])
const SENT_AT_RECYCLING: ReadonlyMap<string, number> = new Map([
  ['config|resetstat', 1],
  ['slowlog|help', 1],
  ['config|set', 1],
])

/**
 * Makes a server that a suite is done with one for another suite: 1 ms, where ending it and starting another takes 20 ms of processor time.
 * It moves to another port, because an application that outlives its suite may still connect to the URL it has; whoever is
 * connected is cut off. Only when the server's own statistics prove that nothing was sent but what a flush undoes.
 *
 * @returns `undefined` when that cannot be told or done; the server is then to be stopped
 */
export async function recycleRedis(server: LocalRedisServer): Promise<LocalRedisServer | undefined> {
  const port = await findFreePort()
  if (!(await moveRedis(server, { inside: port, port }))) return undefined
  return {
    ...server,
    get pid() {
      return server.pid
    },
    ...movedFacts(server, { inside: port, port }),
  }
}

/** Where a server goes: what it is told to listen at, and what leads there. The same, unless it is in a container. */
export interface RedisMove {
  readonly inside: number
  readonly port: number
}

/** What is different of a server that has moved. */
export function movedFacts({ url, config }: RedisServer, { inside, port }: RedisMove): Pick<RedisServer, 'port' | 'url' | 'config'> {
  return { port, url: url.replace(/\d+$/, String(port)), config: new Map(config).set('port', String(inside)) }
}

/** Moves and empties a server as `recycleRedis` does; false when that cannot be told or done. */
export async function moveRedis(server: RedisServer, move: RedisMove): Promise<boolean> {
  if (!isPlain(server)) return false
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), PATIENCE_MS)
  })
  try {
    return await Promise.race([moveAndEmpty(server, move).catch(() => false), late])
  } finally {
    clearTimeout(timer)
  }
}

/** With any other value a server remembers more than its keys, or (threads) may still do what a client has sent that was cut off. */
const PLAIN = { save: '', appendonly: 'no', 'cluster-enabled': 'no', 'io-threads': '1' }

function isPlain({ config, modules, version }: RedisServer): boolean {
  // Before 7 the port is fixed and the statistics do not tell CONFIG GET from CONFIG SET.
  return version.major >= 7 && modules.length === 0 && Object.entries(PLAIN).every(([name, value]) => config.get(name) === value)
}

async function moveAndEmpty(server: RedisServer, { inside, port }: RedisMove): Promise<boolean> {
  const { files, host } = server
  // What comes after the move and the cut can come from nobody else.
  const found = await ask(server, addressOf(server), [
    ['CONFIG', 'SET', 'port', String(inside)],
    ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
    ['INFO', 'commandstats'],
    ['INFO', 'memory'],
  ])
  if (found === undefined) return false
  const [statistics, memory] = found.slice(-2).map(String)
  if (!lastsNothing(statistics ?? '') || !(readPeak(memory ?? '') <= MAX_PEAK_BYTES)) return false
  const emptied = await ask(server, addressOf({ files, host, port }), [
    ['FLUSHALL', 'SYNC'],
    ['SCRIPT', 'FLUSH', 'SYNC'],
    ['SLOWLOG', 'RESET'],
    ['LATENCY', 'RESET'],
    // Refused logins are in it.
    ['ACL', 'LOG', 'RESET'],
    ['CONFIG', 'RESETSTAT'],
    MARK,
  ])
  return emptied !== undefined
}

/** The replies, or `undefined` when one of them is an error. */
async function ask(
  { config }: RedisServer,
  address: StoreAddress,
  requests: readonly (readonly string[])[],
): Promise<readonly RespReply[] | undefined> {
  const password = config.get('requirepass') ?? ''
  const login = password === '' ? [] : [['AUTH', password]]
  const replies = await exchange(address, [...login, ...requests])
  return replies.some(isRespError) ? undefined : replies
}

/** @param statistics of all commands since the start, or since the mark */
function lastsNothing(statistics: string): boolean {
  const calls = new Map([...statistics.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name = '', count]) => [name, Number(count)]))
  const sent = calls.has('config|resetstat') ? SENT_AT_RECYCLING : SENT_AT_START
  const isComplete = [...sent].every(([name, count]) => calls.get(name) === count)
  return isComplete && [...calls.keys()].every((name) => sent.has(name) || LASTING_NOTHING.has(name))
}

function readPeak(memory: string): number {
  return Number(/^used_memory_peak:(\d+)/m.exec(memory)?.[1])
}

import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { inspectKeyspace, printKey, scanKeys, type SendCommand } from './inspect.js'
import { makeMemoryMeasurement, type MeasuredPattern, type MemoryMeasurement, type MemoryState } from './memory-measurement.js'

export interface MeasureMemoryOptions {
  /** Which keys are measured: one glob, or several that are told apart. @default '*' */
  readonly keys?: string | readonly string[]
}

/**
 * Measures what `act` costs. Three things would make the same work cost now this, now that, and are kept out of it: buffers of connections, which
 * the server gives back when it has time, are subtracted; hash tables that grow do so in steps, which reading every key once ends; and the
 * histogram that the server makes of each command's latency when it first sees it (48 kB) is not made meanwhile.
 *
 * @throws {HotbedError} `ERR_HOTBED_OPTION`; and whatever `act` throws
 */
export async function measureMemory<Result>(
  send: SendCommand,
  act: () => Promise<Result> | Result,
  options: MeasureMemoryOptions = {},
): Promise<MemoryMeasurement<Result>> {
  if (typeof act !== 'function') throw wrongOption('measureMemory()', 'a function whose memory is to be measured', act)
  const globs = readGlobs(options)
  const namesBefore = await Promise.all(globs.map((pattern) => readNames(send, pattern)))
  const restore = await withoutHistograms(send)
  try {
    const before = await readSettled(send)
    const result = await act()
    const snapshots = await Promise.all(globs.map((pattern) => inspectKeyspace(send, pattern)))
    const after = await readSettled(send)
    const info = parseInfo(await send(['INFO', 'memory']))
    return makeMemoryMeasurement({
      result,
      before,
      after,
      maxBytes: Number(info.get('maxmemory') ?? 0),
      policy: info.get('maxmemory_policy') ?? 'noeviction',
      patterns: Object.freeze(
        snapshots.map((snapshot, index): MeasuredPattern =>
          Object.freeze({ pattern: snapshot.pattern, before: namesBefore[index] ?? [], after: snapshot }),
        ),
      ),
    })
  } finally {
    await restore()
  }
}

/** The setting is there from Redis 7.0 on. */
async function withoutHistograms(send: SendCommand): Promise<() => Promise<void>> {
  const setting = 'latency-tracking'
  const [, value]: readonly unknown[] = [await send(['CONFIG', 'GET', setting])].flat()
  if (value !== 'yes') return () => Promise.resolve()
  await send(['CONFIG', 'SET', setting, 'no'])
  return async () => void (await send(['CONFIG', 'SET', setting, 'yes']))
}

function readGlobs(options: unknown): readonly string[] {
  if (typeof options !== 'object' || options === null) throw wrongOption('options', "{ keys }, such as { keys: 'product:*' }", options)
  checkOptionNames(options, ['keys'], 'measureMemory()')
  const { keys = '*' }: { readonly keys?: unknown } = options
  const list: readonly unknown[] = Array.isArray(keys) ? keys : [keys]
  const globs = list.filter((one): one is string => typeof one === 'string' && one !== '')
  if (globs.length === 0 || globs.length < list.length) throw wrongOption('keys', "a glob such as 'product:*', or a list of them", keys)
  return globs
}

async function readNames(send: SendCommand, pattern: string): Promise<readonly string[]> {
  const names = new Set<string>()
  for await (const some of scanKeys(send, pattern)) for (const name of some) names.add(printKey(name))
  return Object.freeze([...names].toSorted())
}

const MOST_READS = 8

/** Until it is told twice alike: a buffer that is given back between the two commands of a reading is in one of them only. */
async function readSettled(send: SendCommand): Promise<MemoryState> {
  let last = await readState(send)
  for (let reads = 1; reads < MOST_READS; reads += 1) {
    const next = await readState(send)
    if (next.usedBytes - next.connectionBytes === last.usedBytes - last.connectionBytes) return next
    last = next
  }
  return last
}

/** Sent together, so that the buffers are those of the same moment. */
async function readState(send: SendCommand): Promise<MemoryState> {
  const [memory, clients, stats] = await Promise.all([send(['INFO', 'memory']), send(['CLIENT', 'LIST']), send(['INFO', 'stats'])])
  const info = parseInfo(`${String(memory)}\r\n${String(stats)}`)
  const read = (name: string): number => Number(info.get(name) ?? 0)
  const connectionBytes = [...String(clients).matchAll(/ tot-mem=(\d+)/g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0)
  return Object.freeze({ usedBytes: read('used_memory'), connectionBytes, evicted: read('evicted_keys'), expired: read('expired_keys') })
}

function parseInfo(text: unknown): ReadonlyMap<string, string> {
  return new Map(
    String(text)
      .split('\r\n')
      .flatMap((line) => {
        const colon = line.indexOf(':')
        return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const]
      }),
  )
}

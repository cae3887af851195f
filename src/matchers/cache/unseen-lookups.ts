import type { Command, Recording } from '../../wire/recording/recording.js'
import { formatCount } from '../recording/count-range.js'

/** How many keys or fields these name: where fewer are told of, the reply was too large to keep. */
const NAMED: Readonly<Record<string, (command: Command) => number>> = {
  MGET: ({ keys }) => keys.length,
  HMGET: ({ args }) => args.length - 2,
  SMISMEMBER: ({ args }) => args.length - 2,
  ZMSCORE: ({ args }) => args.length - 2,
}
const MANY = new Set(Object.keys(NAMED))
const LOOKS_UP = new Set(['GET', 'GETEX', 'GETDEL', 'HGET', 'HGETALL', 'JSON.GET', ...Object.keys(NAMED)])

/** What a count of lookups cannot know of, a line for each kind. `has`: the keys that count. */
export function unseenLines({ commands, setUp }: Recording, has: (key: string) => boolean): readonly string[] {
  const scripts = new Map<string, number>()
  let large = 0
  let silent = 0
  let failed = 0
  for (const command of commands) {
    const { name, keys, error, end, lookups, isScript } = command
    // Most are answered, and tell of what they name.
    if (!isScript && lookups.length > 0 && end !== undefined && error === undefined && !MANY.has(name)) continue
    if (isScript) {
      if (keys.length === 0 || keys.some(has)) scripts.set(name, (scripts.get(name) ?? 0) + 1)
    } else if (LOOKS_UP.has(name) && keys.some(has)) {
      if (error !== undefined) failed += 1
      else if (end === undefined || (lookups.length === 0 && command.reply === undefined)) silent += 1
      else large += Math.max(0, (NAMED[name]?.(command) ?? 0) - lookups.length)
    }
  }
  const isTracking = setUp.some((event) => event.store === 'redis' && event.name === 'CLIENT' && /^tracking$/i.test(event.args[1] ?? ''))
  return [
    ...[...scripts].map(([name, count]) => `${formatCount(count)} ${name}: keys known, hits inside unknown`),
    ...(large > 0 ? [`${formatCount(large)} lookups of replies too large to keep`] : []),
    ...(silent > 0 ? [`${formatCount(silent)} lookups without a reply: neither hit nor miss`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} lookups that failed: neither hit nor miss`] : []),
    ...(isTracking ? ["client-side caching is on (CLIENT TRACKING): what the client's own cache answers is not sent"] : []),
  ].map((line) => `  not seen: ${line}`)
}

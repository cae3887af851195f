import { pathnameOf } from '../http/path-pattern.js'
import type { RecordedEvent } from './recording.js'
import { CHANNEL_WORDS, REDIS_CONTAINERS } from '../match-words.js'

const IDS: readonly RegExp[] = [
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi,
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g,
  // Hashes and the like: long, and of letters and digits.
  /(?<![A-Za-z0-9])(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}(?![A-Za-z0-9])/gi,
  /(?<![A-Za-z0-9])(?=\w*\d\w*\d)(?=\w*[A-Za-z])\w{16,}(?![A-Za-z0-9])/g,
  /(?<![A-Za-z0-9])\d+(?![A-Za-z0-9])/g,
]

/** `user:42` → `user:#`. Ids, uuids, hashes and times become `#`; a number within a word (`v2`, `sha256`) stays. */
export function foldIds(key: string): string {
  return IDS.reduce((text, pattern) => text.replaceAll(pattern, '#'), key)
}

/** What two runs of the same code have in common: a statement's shape, a command with its keys folded, or a call with its route. */
export function fingerprintOf(event: RecordedEvent): string {
  if (event.store === 'postgres') return event.shape
  if (event.store === 'upstream') return `${event.upstream} ${event.route ?? `${event.method} ${foldIds(pathnameOf(event.path))}`}`
  const { name, args, keys } = event
  const words = REDIS_CONTAINERS.has(name) && args[1] !== undefined ? [name, args[1].toUpperCase()] : [name]
  const named = !CHANNEL_WORDS.has(name) ? keys : name.endsWith('PUBLISH') ? args.slice(1, 2) : args.slice(1)
  return [...words, ...new Set(named.map(foldIds))].join(' ')
}

/** `fingerprintOf` for many events, of which most have been seen before: those of one name and the same keys are folded once. */
export function createFingerprints(): (event: RecordedEvent) => string {
  // Equal calls share their arguments.
  const known = new Map<readonly string[], string>()
  const folded = new Map<string, string>()
  return (event) => {
    if (event.store !== 'redis') return fingerprintOf(event)
    const { name, keys, args } = event
    const said = known.get(args)
    if (said !== undefined) return said
    if (REDIS_CONTAINERS.has(name) || CHANNEL_WORDS.has(name)) return fingerprintOf(event)
    const words = `${name} ${keys.join(' ')}`
    const fingerprint = folded.get(words) ?? fingerprintOf(event)
    folded.set(words, fingerprint)
    known.set(args, fingerprint)
    return fingerprint
  }
}

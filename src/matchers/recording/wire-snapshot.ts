import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { fingerprintOf } from '../../wire/recording/fingerprint.js'
import type { RecordedEvent } from '../../wire/recording/recording.js'
import { readCountable } from './countable.js'

export interface WireSnapshotOptions {
  /** Tells several snapshots of a test apart. @default none */
  readonly hint?: string
  /** Lines in the order of their text instead of that of the requests: for work that goes on at the same time. @default false */
  readonly unordered?: boolean
}

/**
 * What a recording has in common with the next run of the same code: the shapes of its statements and the names of its commands, with ids,
 * hashes and times in keys as `#`, errors by their code. Equal neighbours are one line with their number.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE`, `ERR_HOTBED_OPTION`
 */
export function printWireSnapshot(received: unknown, options: WireSnapshotOptions = {}): string {
  const { timeline } = readCountable(received, 'toMatchWireSnapshot')
  if (typeof options !== 'object' || options === null) throw wrongOption('options', '{ hint, unordered }', options)
  checkOptionNames(options, ['hint', 'unordered'], 'toMatchWireSnapshot()')
  const { hint, unordered = false } = options
  if (hint !== undefined && typeof hint !== 'string') throw wrongOption('hint', 'a text', hint)
  if (typeof unordered !== 'boolean') throw wrongOption('unordered', 'true or false', unordered)
  const lines = timeline.map(lineOf)
  return foldNeighbours(unordered ? lines.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)) : lines).join('\n')
}

const LAYERS = { postgres: 'sql  ', redis: 'redis', upstream: 'http ' } as const

function lineOf(event: RecordedEvent): string {
  const error = event.store === 'postgres' ? event.error?.code : event.store === 'redis' ? event.error?.split(' ', 1)[0] : event.error
  return `${LAYERS[event.store]}  ${fingerprintOf(event)}${error === undefined ? '' : `  ✗ ${error}`}`
}

function foldNeighbours(lines: readonly string[]): readonly string[] {
  const folded: { readonly line: string; count: number }[] = []
  for (const line of lines) {
    const last = folded.at(-1)
    if (last?.line === line) last.count += 1
    else folded.push({ line, count: 1 })
  }
  return folded.map(({ line, count }) => (count === 1 ? line : `${line}  ×${count}`))
}

import { isKeyspaceSnapshot, type KeyspaceKey, type KeyspaceSnapshot } from '../../keyspace/keyspace-snapshot.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../../primitives/options.js'
import { isRecording, type Command } from '../../wire/recording/recording.js'
import { unjudgeable, wrongEvidence } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { formatCount } from '../recording/count-range.js'
import { readCountable, requireSeenApplication } from '../recording/countable.js'
import { timelineLines, windowLine } from '../recording/recording-excerpt.js'
import { nameEvent } from './effect-text.js'
import { countKeys, keyLines, requireKeys } from './key-lines.js'
import { readKeyList, type KeyList } from './key-list.js'

export interface ValuesOptions {
  /** Only these keys or globs. @default all */
  readonly keys?: KeyList
}

const SHOWN = 5

/**
 * Passes when every value is smaller than so many bytes.
 *
 * - Of a snapshot, the value by itself when it was read with `{ values: true }`, else the memory of key and value, which is a little more: what is
 *   under the bound by that is under it for certain, and what is not cannot be judged.
 * - Of a recording, what a command with keys sent or was answered on the wire, its words and framing included; of one with several keys the mean.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is neither, is empty, or does not tell
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for what are no bytes, or options that are none
 */
export function toHaveValuesUnder(received: unknown, bytes: number, options: ValuesOptions = {}): MatcherVerdict {
  if (!isKeyspaceSnapshot(received) && !isRecording(received)) {
    throw wrongEvidence(
      received,
      'toHaveValuesUnder',
      'the keys of a Redis or a recording',
      "const keys = await redis.inspect('product:*', { values: true })",
    )
  }
  checkWholeNumber('bytes', bytes, 1, 'a whole number above 0')
  if (typeof options !== 'object' || options === null) throw wrongOption('options', "{ keys }, such as { keys: 'product:*' }", options)
  checkOptionNames(options, ['keys'], 'toHaveValuesUnder()')
  const only = options.keys === undefined ? undefined : readKeyList(options.keys)
  const isMeant = (key: string): boolean => only === undefined || only.has(key)
  return isKeyspaceSnapshot(received) ? judgeSnapshot(received, bytes, isMeant) : judgeRecording(received, bytes, isMeant)
}

function judgeSnapshot(snapshot: KeyspaceSnapshot, bytes: number, isMeant: (key: string) => boolean): MatcherVerdict {
  requireKeys(snapshot, 'value')
  const keys = snapshot.keys.filter(({ key }) => isMeant(key))
  if (keys.length === 0) throw unjudgeable([`None of the keys like '${snapshot.pattern}' is meant.`], 'Look at the option keys.')
  const sizeOf = ({ valueBytes, bytes: memory }: KeyspaceKey): number => valueBytes ?? memory ?? Infinity
  const large = keys.filter((key) => sizeOf(key) >= bytes).toSorted((a, b) => sizeOf(b) - sizeOf(a))
  const unknown = large.filter(({ valueBytes }) => valueBytes === undefined)
  if (unknown.length > 0 && unknown.length === large.length) {
    throw unjudgeable(
      [
        `${countKeys(unknown, snapshot)} ${unknown.length === 1 ? 'takes' : 'take'} ${formatCount(bytes)} bytes of memory or more with key and overhead, and what the value alone takes was not read:`,
        ...keyLines(unknown, tellMemory),
      ],
      "Read it: await redis.inspect('product:*', { values: true })",
    )
  }
  const largest = keys.toSorted((a, b) => sizeOf(b) - sizeOf(a))
  return makeVerdict(
    large.length === 0,
    () => [
      `${countKeys(large, snapshot)} ${large.length === 1 ? 'has a value' : 'have values'} of ${formatCount(bytes)} bytes or more.`,
      ...keyLines(large, tellMemory),
    ],
    () => [
      `Every value like '${snapshot.pattern}' is under ${formatCount(bytes)} bytes, and one should not be. The largest:`,
      ...keyLines(largest, tellMemory).map((line) => line.replace('✗', ' ')),
    ],
  )
}

function tellMemory({ type, valueBytes, bytes }: KeyspaceKey): string {
  const memory = bytes === undefined ? '' : `${formatCount(bytes)} bytes of memory`
  return `${valueBytes === undefined ? memory : `${formatCount(valueBytes)} bytes${memory === '' ? '' : `, ${memory}`}`}  (${type})`
}

function judgeRecording(received: unknown, bytes: number, isMeant: (key: string) => boolean): MatcherVerdict {
  const recording = readCountable(received, 'toHaveValuesUnder')
  const meant = recording.commands.filter(({ keys }) => keys.some(isMeant))
  if (meant.length === 0) {
    requireSeenApplication(recording, 'toHaveValuesUnder')
    throw unjudgeable(
      [`toHaveValuesUnder found no command with ${recording.commands.length === 0 ? 'a key' : 'such a key'}.`, windowLine(recording)],
      'Record what reads or writes the values, or judge what is stored: redis.inspect(pattern, { values: true }).',
    )
  }
  const large = meant.filter((command) => payloadOf(command) >= bytes)
  const tell = (some: readonly Command[]): readonly string[] => some.slice(0, SHOWN).map((command) => payloadLine(command, bytes))
  return makeVerdict(
    large.length === 0,
    () => {
      const largest = byPayload(large)
      return [
        `${formatCount(large.length)} of ${formatCount(meant.length)} commands carried ${formatCount(bytes)} bytes or more.`,
        windowLine(recording),
        ...tell(largest),
        ...(large.length > SHOWN ? [`    … and ${formatCount(large.length - SHOWN)} more`] : []),
        ...timelineLines(recording, largest.slice(0, 1)),
      ]
    },
    () => [
      `Each of ${formatCount(meant.length)} commands carried less than ${formatCount(bytes)} bytes, and one should not. The largest:`,
      windowLine(recording),
      ...tell(byPayload(meant)),
    ],
  )
}

/** Bytes for each key, of the greater way. */
function payloadOf({ bytes: { request, reply }, keys }: Command): number {
  return Math.ceil(Math.max(request, reply) / Math.max(1, keys.length))
}

/** The largest first. */
function byPayload(commands: readonly Command[]): readonly Command[] {
  return commands.toSorted((a, b) => payloadOf(b) - payloadOf(a))
}

function payloadLine(command: Command, most: number): string {
  const { keys, bytes } = command
  const size = payloadOf(command)
  const way = bytes.reply > bytes.request ? 'read' : 'written'
  const each = keys.length > 1 ? ` for each of ${formatCount(keys.length)} keys` : ''
  return `  ${size >= most ? '✗' : ' '} ${nameEvent(command)}  ${formatCount(size)} bytes ${way}${each}`
}

import { checkOptionNames, wrongOption } from '../../primitives/options.js'
import { readKeyspace, unjudgeable } from '../message/evidence.js'
import { makeVerdict, type MatcherVerdict } from '../message/verdict.js'
import { countKeys, keyLines, persistentLines, requireKeys } from './key-lines.js'
import { readKeyList, type KeyList } from './key-list.js'

export interface PersistentKeysOptions {
  /** Keys or globs that are meant to stay. @default none */
  readonly except?: KeyList
}

/**
 * Passes when every key of the snapshot expires at some time. A cache of which one key does not grows until something is evicted.
 *
 * @throws {HotbedError} `ERR_HOTBED_EVIDENCE` for what is no snapshot, or one of which nothing is left to judge
 * @throws {HotbedError} `ERR_HOTBED_OPTION` for options that are none
 */
export function toHaveNoPersistentKeys(received: unknown, options: PersistentKeysOptions = {}): MatcherVerdict {
  const snapshot = readKeyspace(received, 'toHaveNoPersistentKeys')
  if (typeof options !== 'object' || options === null) throw wrongOption('options', "{ except }, such as { except: 'config:*' }", options)
  checkOptionNames(options, ['except'], 'toHaveNoPersistentKeys()')
  const except = options.except === undefined ? undefined : readKeyList(options.except, 'except')
  requireKeys(snapshot, 'life')
  const judged = except === undefined ? snapshot.keys : snapshot.keys.filter(({ key }) => !except.has(key))
  if (judged.length === 0) {
    throw unjudgeable([`Every key like '${snapshot.pattern}' is an exception, so there is no life to judge.`], 'Name fewer exceptions.')
  }
  const persistent = judged.filter(({ ttlMs }) => ttlMs === 'persistent')
  const kept = snapshot.keys.length - judged.length
  const exceptions = kept === 0 ? [] : [`  ${kept.toLocaleString('en-US')} more by exception: ${except?.texts.join(', ') ?? ''}`]
  return makeVerdict(
    persistent.length === 0,
    () => [
      `${countKeys(persistent, snapshot)} never ${persistent.length === 1 ? 'expires' : 'expire'}.`,
      ...keyLines(persistent),
      ...exceptions,
      ...persistentLines(persistent),
    ],
    () => [
      `None of ${judged.length.toLocaleString('en-US')} keys like '${snapshot.pattern}' is persistent, and one should be.`,
      ...exceptions,
    ],
  )
}

import { HotbedError } from '../primitives/error.js'
import { checkOptionNames, checkWholeNumber, wrongOption } from '../primitives/options.js'
import { parseMatch, type Match } from '../wire/match.js'
import type { PostgresRole } from '../wire/exchange.js'
import { CONNECTION_MODES, OUTAGE_MODES, type OutageMode } from '../wire/outage.js'

export interface OutageOptions {
  /**
   * - `'refuse'`: connections are ended, and no new one is made (ECONNREFUSED), as when no server runs.
   * - `'hang'`: requests are taken and never answered; new connections are not let in.
   * - `'reset'`: whoever asks, or connects, gets a TCP reset.
   * - `'too-many-clients'`: no new connection is let in (Postgres: 53300); those there are live on.
   * - `'loading'`, Redis: `-LOADING` to every command, but for those that a server answers while it loads (HELLO, AUTH, INFO, CLIENT …).
   * - `'readonly'`, Redis: `-READONLY` to every command that writes, and to scripts that do not promise to read only.
   * - `'oom'`, Redis: `-OOM` to every command that the server flags `denyoom`; scripts are let through.
   */
  readonly mode: OutageMode
  /**
   * Only requests that match; or only the first so many requests and connections, after which the store answers again. Not with `'refuse'`: a closed port cannot tell who comes. @default everything
   */
  readonly for?: Match | number
  /** Of Postgres: only the primary, or only replicas. @default both */
  readonly server?: PostgresRole
}

export interface ReadOutage {
  readonly server: PostgresRole | undefined
  readonly mode: OutageMode
  readonly match: Match | undefined
  readonly times: number | undefined
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function readOutageOptions(store: unknown, hasStore: (store: 'postgres' | 'redis') => boolean, options: unknown): ReadOutage {
  if (store !== 'postgres' && store !== 'redis') throw wrongOption('store', "'postgres' or 'redis'", store)
  if (!hasStore(store)) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `outage() was asked of ${store}, which the stack does not have.`,
      remedy: `Add ${store}: {} to the stack.`,
    })
  }
  if (typeof options !== 'object' || options === null) throw wrongOption('options', "an object such as { mode: 'hang' }", options)
  checkOptionNames(options, ['mode', 'for', 'server'], 'outage()')
  const { mode, for: only, server }: { readonly mode?: unknown; readonly for?: unknown; readonly server?: unknown } = options
  if (server !== undefined && (store === 'redis' || (server !== 'primary' && server !== 'replica')))
    throw wrongOption('server', store === 'redis' ? 'left out for redis, which has no replicas' : "'primary' or 'replica'", server)
  if (!isMode(mode)) throw wrongOption('mode', `one of ${OUTAGE_MODES.redis.map((one) => `'${one}'`).join(', ')}`, mode)
  if (!OUTAGE_MODES[store].includes(mode)) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `${store} has no mode '${mode}', which is an answer of Redis.`,
      remedy: `The modes of ${store} are ${OUTAGE_MODES[store].map((one) => `'${one}'`).join(', ')}.`,
    })
  }
  if (only === undefined) return { mode, server, match: undefined, times: undefined }
  if (mode === 'refuse') {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: "Mode 'refuse' closes the port, and a closed port cannot tell who comes: it has no 'for'.",
      remedy: "Take mode 'reset', which sends requests and connections away one by one, or end the outage with end().",
    })
  }
  if (typeof only === 'number') {
    checkWholeNumber('for', only, 1, 'a whole number from 1 on, or a match')
    return { mode, server, match: undefined, times: only }
  }
  const match = only as Match
  const spec = parseMatch(match, 'for')
  if ('store' in spec && spec.store !== store) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `Option 'for' is ${spec.text}, which is never sent to ${store}.`,
      remedy: `Write suite.outage('${spec.store}', …), or a match of ${store}.`,
    })
  }
  if (CONNECTION_MODES.has(mode)) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `Mode '${mode}' is met by whoever connects, before any request; 'for' is ${spec.text}, which is a request.`,
      remedy: "Give a number of connections, or take mode 'reset' or 'hang', which requests meet.",
    })
  }
  return { mode, server, match, times: undefined }
}

function isMode(mode: unknown): mode is OutageMode {
  return OUTAGE_MODES.redis.includes(mode as OutageMode)
}

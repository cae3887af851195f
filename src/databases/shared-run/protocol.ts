import type { PortableError } from '../../primitives/portable-error.js'
import type { Isolation, SuiteVerbs } from '../suite-parts.js'

/**
 * Where a run is served: a port of this machine's loopback, and the secret (hexadecimal) that a worker sends before anything else, because
 * whoever is let in may run SQL as us. A port needs no file that a killed process would leave behind.
 */
export interface RunAddress {
  readonly port: number
  readonly token: string
}

export const TOKEN_BYTES = 32

/** What a worker asks of the run. Stacks go by their key, because functions in them cannot travel. */
export type RunRequest =
  | { readonly id: number; readonly ready: { readonly stack: string } }
  | { readonly id: number; readonly open: { readonly stack: string; readonly isolation: Isolation } }
  | { readonly id: number; readonly suite: number; readonly verb: keyof SuiteVerbs; readonly params: readonly unknown[] }

export type RunReply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: PortableError }

/** The verbs, as a list that both sides share. */
export const SUITE_VERBS: readonly (keyof SuiteVerbs)[] = [
  'query',
  'queryReplica',
  'replicate',
  'openSession',
  'closeSession',
  'openThrowAway',
  'closeThrowAway',
  'grow',
  'project',
  'weigh',
  'movePostgresClock',
  'send',
  'control',
  'takeBack',
  'tap',
  'reset',
  'holdSpares',
  'keep',
  'dispose',
]

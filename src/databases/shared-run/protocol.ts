import type { PortableError } from '../../primitives/portable-error.js'
import type { SuiteVerbs } from '../suite-parts.js'

/** What a worker asks of the run: to open a suite of the stack with this key, or a verb of a suite it has open. */
export type RunRequest =
  | {
      readonly id: number
      readonly open: { readonly stack: string; readonly isolation: 'clone' | 'server' }
    }
  | {
      readonly id: number
      readonly suite: number
      readonly verb: keyof SuiteVerbs
      readonly params: readonly unknown[]
    }

export type RunReply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: PortableError }

/** The verbs, as a list that both sides share. */
export const SUITE_VERBS: readonly (keyof SuiteVerbs)[] = ['query', 'openSession', 'closeSession', 'send', 'reset', 'keep', 'dispose']

/** How a store is out. The first three are of both stores; `loading`, `readonly` and `oom` are answers of Redis. */
export type OutageMode = 'refuse' | 'hang' | 'reset' | 'loading' | 'readonly' | 'oom' | 'too-many-clients'

/** Modes that a rule has an action of its own for; 'refuse' is `refuse()`. */
export type StrikingMode = Exclude<OutageMode, 'refuse'>

export const OUTAGE_MODES: Readonly<Record<'postgres' | 'redis', readonly OutageMode[]>> = {
  postgres: ['refuse', 'hang', 'reset', 'too-many-clients'],
  redis: ['refuse', 'hang', 'reset', 'loading', 'readonly', 'oom', 'too-many-clients'],
}

/** States in which a job has not ended. */
export const OPEN_STATES = ['active', 'waiting', 'prioritized', 'delayed', 'retrying', 'waitingChildren'] as const

export type OpenJobState = (typeof OPEN_STATES)[number]

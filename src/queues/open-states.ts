/** States in which a job has not ended. */
export const OPEN_STATES: readonly OpenJobState[] = ['active', 'waiting', 'prioritized', 'delayed', 'retrying', 'waitingChildren']

export type OpenJobState = 'active' | 'waiting' | 'prioritized' | 'delayed' | 'retrying' | 'waitingChildren'

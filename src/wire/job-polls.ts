const SKIPS_LOCKED = /\bskip\s+locked\b/i

/**
 * Asks for a job as workers do who ask for ever: pg-boss (`fetchNextJob`, 10 and 11) and graphile-worker (`getJob`, 0.14 to 0.16). One that finds none
 * changes nothing, and one that finds one makes it active.
 */
export function isJobPoll(sql: string): boolean {
  return SKIPS_LOCKED.test(sql) && (sql.includes("state < 'active'") || sql.includes('._private_jobs as jobs'))
}

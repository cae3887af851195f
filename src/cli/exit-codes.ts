/** What the exit code of `hotbed` says. */
export const EXIT_CODES = {
  /** All went well. */
  fine: 0,
  /** Something failed, or is missing. */
  failed: 1,
  /** An unknown command or option, or a wrong value. */
  usage: 2,
  /** A second Ctrl-C. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES]

/** Says how the process is to exit; 0 unless it is called. */
export type SetExitCode = (exitCode: ExitCode) => void

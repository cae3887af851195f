import { CommanderError } from 'commander'
import { isHotbedError } from '../primitives/error.js'
import { EXIT_CODES, type ExitCode } from './exit-codes.js'
import { printFailure } from './failure.js'
import { createProgram } from './program.js'

/** Runs one command line. Settles with the exit code; never rejects. */
export async function runCli(argv: readonly string[]): Promise<ExitCode> {
  // `hotbed doctor | head` closes the pipe before we are done.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit())
  let exitCode: ExitCode = EXIT_CODES.fine
  try {
    await createProgram((code) => {
      exitCode = code
    }).parseAsync(argv)
    return exitCode
  } catch (error) {
    // commander has printed its message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.fine : EXIT_CODES.usage
    printFailure(error)
    return isHotbedError(error) && error.code === 'ERR_HOTBED_OPTION' ? EXIT_CODES.usage : EXIT_CODES.failed
  }
}

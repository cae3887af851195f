import { wrongOption } from '../primitives/options.js'

/** A command line for the shell, or a program and its arguments. */
export type AppCommand = string | readonly string[]

/** What is run, and how it is called in messages. */
export interface AppProgram {
  readonly program: string
  readonly args: readonly string[]
  readonly text: string
}

/** One command, whatever its quotes and variables: without what joins several, and not an assignment. */
const ONE_COMMAND = /^\s*[^\s=;&|<>()`]+(?:\s[^;&|()`\n]*)?$/

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function readAppCommand(command: unknown): AppProgram {
  if (typeof command === 'string' && command.trim() !== '') {
    // In the place of the shell, so that signals reach the program itself.
    const script = ONE_COMMAND.test(command) ? `exec ${command.trim()}` : command
    return { program: '/bin/sh', args: ['-c', script], text: command.trim() }
  }
  if (Array.isArray(command) && command.length > 0 && command.every((word) => typeof word === 'string')) {
    const [program = '', ...args] = command as readonly string[]
    return { program, args, text: command.join(' ') }
  }
  throw wrongOption('command', "a command line such as 'node server.js', or a list of a program and its arguments", command)
}

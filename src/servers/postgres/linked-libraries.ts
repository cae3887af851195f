import { runCommand } from '../../primitives/run-command.js'
import type { ProcessUser } from '../../primitives/supervised-process.js'

const LINKER_TIMEOUT_MS = 10_000

/** The shared libraries of a program as `ldd` or `otool` prints them, or nothing where there is no such tool. */
export async function listLinkedLibraries(postgres: string, user: ProcessUser | undefined): Promise<string> {
  const [command, args] = process.platform === 'darwin' ? ['otool', ['-L', postgres]] : ['ldd', [postgres]]
  // Not everywhere installed; and ldd ends with 1 on a foreign binary.
  return runCommand(command, { args, user, timeoutMs: LINKER_TIMEOUT_MS, cwd: '/' }).then(
    ({ stdout }) => stdout,
    () => '',
  )
}

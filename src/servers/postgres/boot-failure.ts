import { join } from 'node:path'
import { HotbedError } from '../../primitives/error.js'
import { runCommand } from '../../primitives/run-command.js'
import type { ProcessExit } from '../../primitives/supervised-process.js'
import type { BootOptions } from './boot.js'
import { unknownSetting } from './settings.js'

/** What the log of a server that did not start says: a refused setting, or just that it ended. */
export async function explainBootFailure(
  options: BootOptions,
  log: readonly string[],
  exit: ProcessExit | undefined,
  cause: unknown,
): Promise<HotbedError> {
  const { binaries, settings } = options
  const text = log.join('\n')
  const unknown = /unrecognized configuration parameter "([^"]+)"/.exec(text)?.[1]
  if (unknown !== undefined) return unknownSetting(unknown, await listKnownSettings(options), log)
  for (const name of Object.keys(settings)) {
    const complaint =
      log.find((line) => line.toLowerCase().includes(`"${name.toLowerCase()}"`) && /parameter|value|range/.test(line)) ??
      findLibraryComplaint(name, log)
    if (complaint === undefined) continue
    const hint = log.find((line) => line.includes('HINT:'))
    return new HotbedError('ERR_HOTBED_POSTGRES_SETTING', {
      message: `Postgres ${binaries.version.text} refuses the setting '${name}' = ${JSON.stringify(settings[name])}: ${withoutPrefix(complaint)}.`,
      ...(hint === undefined ? {} : { remedy: withoutPrefix(hint) }),
      log,
    })
  }
  return new HotbedError('ERR_HOTBED_POSTGRES_START', {
    message:
      exit === undefined
        ? `Postgres ${binaries.version.text} did not accept connections within ${options.timeoutMs} ms.`
        : `Postgres ${binaries.version.text} ended with status ${exit.status} instead of accepting connections.`,
    log,
    ...(cause instanceof Error ? { cause } : {}),
  })
}

function findLibraryComplaint(name: string, log: readonly string[]): string | undefined {
  return name.toLowerCase() === 'shared_preload_libraries'
    ? log.find((line) => /could not (access file|load library)/.test(line))
    : undefined
}

function withoutPrefix(line: string): string {
  return line
    .replace(/^.*?(?:LOG|FATAL|HINT|ERROR|WARNING): +/, '')
    .trimEnd()
    .replace(/\.$/, '')
}

async function listKnownSettings({ binaries, place }: BootOptions): Promise<readonly string[]> {
  const { stdout } = await runCommand(join(binaries.directory, 'postgres'), {
    args: ['--describe-config'],
    user: place.user,
    cwd: '/',
    timeoutMs: 10_000,
  }).catch(() => ({ stdout: '' }))
  return stdout.split('\n').flatMap((line) => line.split('\t')[0] ?? [])
}

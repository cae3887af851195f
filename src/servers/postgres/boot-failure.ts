import { HotbedError } from '../../primitives/error.js'
import type { ProcessExit } from '../../primitives/supervised-process.js'
import { unknownSetting, type Settings } from './settings.js'

/** A start that was tried. */
export interface TriedBoot {
  /** For people: `18.4`. */
  readonly version: string
  /** Given by the user. */
  readonly settings: Settings
  readonly timeoutMs: number
  /** What `postgres --describe-config` prints. */
  readonly describeConfig: () => Promise<string>
}

/** What the log of a server that did not start says: a refused setting, or just that it ended. */
export async function explainBootFailure(
  tried: TriedBoot,
  log: readonly string[],
  exit: ProcessExit | undefined,
  cause: unknown,
): Promise<HotbedError> {
  const { version, settings } = tried
  const text = log.join('\n')
  const unknown = /unrecognized configuration parameter "([^"]+)"/.exec(text)?.[1]
  if (unknown !== undefined) return unknownSetting(unknown, await listKnownSettings(tried), log)
  for (const name of Object.keys(settings)) {
    const complaint =
      log.find((line) => line.toLowerCase().includes(`"${name.toLowerCase()}"`) && /parameter|value|range/.test(line)) ??
      findLibraryComplaint(name, log)
    if (complaint === undefined) continue
    const hint = log.find((line) => line.includes('HINT:'))
    return new HotbedError('ERR_HOTBED_POSTGRES_SETTING', {
      message: `Postgres ${version} refuses the setting '${name}' = ${JSON.stringify(settings[name])}: ${withoutPrefix(complaint)}.`,
      ...(hint === undefined ? {} : { remedy: withoutPrefix(hint) }),
      log,
    })
  }
  return new HotbedError('ERR_HOTBED_POSTGRES_START', {
    message:
      exit === undefined
        ? `Postgres ${version} did not accept connections within ${tried.timeoutMs} ms.`
        : `Postgres ${version} ended with status ${exit.status} instead of accepting connections.`,
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

async function listKnownSettings({ describeConfig }: TriedBoot): Promise<readonly string[]> {
  const printed = await describeConfig().catch(() => '')
  return printed.split('\n').flatMap((line) => line.split('\t')[0] ?? [])
}

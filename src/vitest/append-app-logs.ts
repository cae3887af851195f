import { takeAppLogs, type AppLog } from '../apps/live-apps.js'

/** The part of a test's error that the reporters print. */
interface ReportedError {
  message: string
  stack?: string | undefined
}

/** Says in the first error of a failed test what the applications that it started have logged last. */
export function appendAppLogs(errors: readonly ReportedError[] | undefined): void {
  const lines = takeAppLogs().flatMap(logLines)
  const [error] = errors ?? []
  if (error === undefined || lines.length === 0) return
  const message = [error.message, '', ...lines].join('\n')
  // Reporters of some formats print the stack, which begins with the message.
  error.stack = error.stack?.replace(error.message, () => message)
  error.message = message
}

function logLines({ command, instances }: AppLog): readonly string[] {
  return instances.flatMap(({ name, exitStatus, lines }) => {
    if (lines.length === 0 && exitStatus === undefined) return []
    const state = exitStatus === undefined ? '' : `, which ended with status ${exitStatus}`
    return [
      `  ${name} of '${command}'${state}${lines.length === 0 ? ', logged nothing' : ', logged last:'}`,
      ...lines.map((line) => `    ${line}`),
    ]
  })
}

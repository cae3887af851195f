import { resolve } from 'node:path'
import { HotbedError, isHotbedError } from '../../primitives/error.js'
import { errorFields } from '../../primitives/error-fields.js'
import { pathWithPackages } from '../../primitives/program-path.js'
import { runCommand } from '../../primitives/run-command.js'
import type { SqlClient } from '../sql-client.js'
import { isCommandStep, type CommandStep, type FunctionStep, type TemplateStep } from '../template-step.js'
import { readSqlFiles, runSqlFiles } from './sql-files.js'

/** What steps act on: the template that is being made. */
export interface StepTarget {
  readonly url: string
  readonly adminUrl: string
  /** A session of the owner. */
  readonly client: SqlClient
}

/**
 * Runs one step of a template.
 *
 * @throws {HotbedError} `ERR_HOTBED_MIGRATION` saying which step failed, where, and why
 */
export async function runStep(step: TemplateStep, target: StepTarget): Promise<void> {
  if (typeof step === 'string') return runSqlFiles(target.client, await readSqlFiles(step))
  return isCommandStep(step) ? runCommandStep(step, target) : runFunctionStep(step, target)
}

async function runFunctionStep(step: FunctionStep, target: StepTarget): Promise<void> {
  try {
    await step.run({
      url: target.url,
      adminUrl: target.adminUrl,
      query: (sql, params) => target.client.query(sql, params),
    })
  } catch (error) {
    const { message, code, detail } = errorFields(error)
    throw new HotbedError('ERR_HOTBED_MIGRATION', {
      message: `The function${step.run.name === '' ? '' : ` ${step.run.name}`} failed: ${message}${code === undefined ? '' : ` (${code})`}${detail === undefined ? '' : `\n    ${detail}`}`,
      cause: error,
    })
  }
}

async function runCommandStep(step: CommandStep, target: StepTarget): Promise<void> {
  const { command, urlVariable = 'DATABASE_URL', env = {}, timeoutMs = 300_000 } = step
  const cwd = resolve(step.cwd ?? '.')
  try {
    await runCommand(command, {
      shell: true,
      endWithUs: true,
      cwd,
      timeoutMs,
      env: { ...process.env, PATH: pathWithPackages(cwd), ...env, [urlVariable]: target.url },
    })
  } catch (error) {
    if (!isHotbedError(error)) throw error
    throw new HotbedError('ERR_HOTBED_MIGRATION', {
      message: `The command '${command}' failed in ${cwd}, with the template's URL in ${urlVariable}.`,
      log: error.log,
      cause: error,
    })
  }
}

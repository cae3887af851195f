import { checkOptionNames, wrongOption } from '../primitives/options.js'
import type { QueryResult } from './sql-client.js'

/** What a function that migrates or seeds is given. Everything acts on the template that is being made. */
export interface TemplateContext {
  /** Logs in as the owner, who is no superuser. */
  readonly url: string
  /** Logs in as the superuser. */
  readonly adminUrl: string
  /** Sends one statement as the owner. */
  readonly query: (sql: string, params?: readonly unknown[]) => Promise<QueryResult>
}

/** Migrates or seeds by code. Without `inputs` nobody can tell whether the result would be the same, so it is made anew in each run. */
export interface FunctionStep {
  readonly run: (context: TemplateContext) => Promise<unknown> | unknown
  /** Where `inputs` are. @default the folder of the config, or the working directory */
  readonly cwd?: string
  /** Files whose content decides the result, as globs from `cwd`: `['prisma/**']`. */
  readonly inputs?: readonly string[]
}

/** Migrates or seeds by a command, such as `prisma migrate deploy`. */
export interface CommandStep {
  /** Run by the shell. `node_modules/.bin` is on its PATH. */
  readonly command: string
  /** Environment variable that carries the template's URL. @default 'DATABASE_URL' */
  readonly urlVariable?: string
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>
  /** Where it runs. @default the folder of the config, or the working directory */
  readonly cwd?: string
  /** @default 300_000 */
  readonly timeoutMs?: number
  /** Files whose content decides the result, as globs from `cwd`: `['prisma/**']`. See `FunctionStep`. */
  readonly inputs?: readonly string[]
}

/** A folder of `.sql` files or one such file, a function, or a command. */
export type TemplateStep = string | FunctionStep | CommandStep

export function isCommandStep(step: TemplateStep): step is CommandStep {
  return typeof step === 'object' && 'command' in step
}

/** @throws {HotbedError} `ERR_HOTBED_OPTION` */
export function checkTemplateStep(option: string, step: TemplateStep): void {
  if (typeof step === 'string' && step !== '') return
  if (typeof step !== 'object' || step === null) {
    throw wrongOption(option, 'a path, { run } with a function, or { command } with a command line', step)
  }
  if (isCommandStep(step)) {
    checkOptionNames(step, ['command', 'urlVariable', 'env', 'cwd', 'timeoutMs', 'inputs'], option)
    if (typeof step.command !== 'string' || step.command.trim() === '')
      throw wrongOption(`${option}.command`, 'a command line', step.command)
    checkText(`${option}.urlVariable`, step.urlVariable)
    checkText(`${option}.cwd`, step.cwd)
    if (step.timeoutMs !== undefined && !(step.timeoutMs > 0))
      throw wrongOption(`${option}.timeoutMs`, 'a number of milliseconds', step.timeoutMs)
    checkInputs(option, step.inputs)
    return
  }
  checkOptionNames(step, ['run', 'cwd', 'inputs'], option)
  if (typeof step.run !== 'function') throw wrongOption(`${option}.run`, 'a function', step.run)
  checkText(`${option}.cwd`, step.cwd)
  checkInputs(option, step.inputs)
}

function checkText(option: string, text: unknown): void {
  if (text !== undefined && (typeof text !== 'string' || text === '')) throw wrongOption(option, 'a text that is not empty', text)
}

function checkInputs(option: string, inputs: unknown): void {
  if (inputs === undefined) return
  if (!Array.isArray(inputs) || inputs.some((input) => typeof input !== 'string' || input === '')) {
    throw wrongOption(`${option}.inputs`, "a list of globs such as ['prisma/**']", inputs)
  }
}

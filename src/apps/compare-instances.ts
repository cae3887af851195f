import type { SuiteParts } from '../databases/suite-parts.js'
import { errorFields } from '../primitives/error-fields.js'
import { checkOptionNames, wrongOption } from '../primitives/options.js'
import { record } from '../tap-verbs/record.js'
import type { Recording } from '../wire/recording/recording.js'
import type { OwnedInstance } from './app-instance.js'
import { findDifferences, makeInstanceComparison, type InstanceAnswer, type InstanceComparison } from './instance-comparison.js'
import { sendRequest, type PlainAnswer, type PlainRequest } from './send-request.js'

/** A path, for GET, or more. */
export type ComparedRequest =
  | string
  | {
      /** @default 'GET' */
      readonly method?: string
      readonly path: string
      readonly headers?: Readonly<Record<string, string>>
      /** A text, or what is sent as JSON. */
      readonly body?: unknown
    }

export interface CompareInstancesOptions {
  /** Properties of JSON bodies that may differ, wherever they stand, such as `['requestId']`. @default none */
  readonly ignore?: readonly string[]
  /** Headers that are compared beside status and body. @default content-type, cache-control, etag and location */
  readonly headers?: readonly string[]
  /** For each answer. @default 5000 */
  readonly timeoutMs?: number
}

const HEADERS = ['content-type', 'cache-control', 'etag', 'location']

/** @throws {HotbedError} as `app.compareInstances` */
export async function compareInstances(
  parts: SuiteParts,
  instances: readonly OwnedInstance[],
  requests: ComparedRequest | readonly ComparedRequest[],
  options: CompareInstancesOptions = {},
): Promise<InstanceComparison> {
  checkOptionNames(options, ['ignore', 'headers', 'timeoutMs'], 'compareInstances()')
  const { ignore = [], headers = HEADERS, timeoutMs = 5_000 } = options
  checkNames('ignore', ignore)
  checkNames('headers', headers)
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31)) throw wrongOption('timeoutMs', 'a number of milliseconds', timeoutMs)
  const asked = (Array.isArray(requests) ? requests : [requests]).map(readRequest)
  if (asked.length === 0) throw wrongOption('compareInstances()', "a request such as '/products/7', or several", requests)
  const compared = []
  for (const request of asked) {
    const answers: Omit<InstanceAnswer, 'difference'>[] = []
    // One after the other: what an instance asks of the stores for it is to be told from what others do.
    for (const { instance, address } of instances) {
      const where = address()
      const run = await record(parts, () => (where === undefined ? 'it does not run' : ask(where, request, timeoutMs)), { plans: false })
      answers.push({ instance: instance.name, ...readAnswer(run.result, ignore, headers), ...countOf(run, instance.name) })
    }
    const names = Object.keys(request.headers).map((name) => name.toLowerCase())
    const hasIdentity = names.includes('cookie') || names.includes('authorization')
    compared.push({ request: `${request.method} ${request.path}`, hasIdentity, answers: Object.freeze(findDifferences(answers)) })
  }
  return makeInstanceComparison(compared)
}

type Where = Parameters<typeof sendRequest>[0]

/** A text says why there is no answer. */
const ask = (where: Where, request: PlainRequest, timeoutMs: number): Promise<PlainAnswer | string> =>
  sendRequest(where, request, timeoutMs).catch((error: unknown) => {
    const { code, message } = errorFields(error)
    return code === 'ABORT_ERR' ? `no answer in ${timeoutMs} ms` : (code ?? message)
  })

function readAnswer(
  answer: PlainAnswer | string,
  ignore: readonly string[],
  compared: readonly string[],
): Pick<InstanceAnswer, 'status' | 'headers' | 'body' | 'error'> {
  if (typeof answer === 'string') return { status: undefined, headers: {}, body: undefined, error: answer }
  const named = compared.map((name) => name.toLowerCase())
  const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
    named.includes(name) && value !== undefined ? [[name, String(value)] as const] : [],
  )
  return {
    status: answer.status,
    headers: Object.freeze(Object.fromEntries(headers)),
    body: readBody(answer.body, ignore),
    error: undefined,
  }
}

function readBody(text: string, ignore: readonly string[]): unknown {
  try {
    return JSON.parse(text, (name, value: unknown) => (ignore.includes(name) ? undefined : value)) as unknown
  } catch {
    return text
  }
}

function countOf({ statements, commands, connections }: Recording, name: string): Pick<InstanceAnswer, 'statements' | 'commands'> {
  const own = new Set(connections.list.flatMap(({ id, instance }) => (instance === name ? [id] : [])))
  const count = (events: readonly { readonly connection: number }[]): number =>
    events.filter(({ connection }) => own.has(connection)).length
  return { statements: count(statements), commands: count(commands) }
}

function readRequest(request: ComparedRequest): PlainRequest {
  const { method = 'GET', path, headers = {}, body, ...rest } = typeof request === 'string' ? { path: request } : request
  checkOptionNames(rest, ['method', 'path', 'headers', 'body'], 'a request')
  if (typeof path !== 'string' || !path.startsWith('/')) throw wrongOption('path', "a path such as '/products/7'", path)
  if (body === undefined || typeof body === 'string') return { method, path, headers, body }
  return { method, path, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

function checkNames(option: string, names: unknown): void {
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string')) throw wrongOption(option, 'a list of names', names)
}

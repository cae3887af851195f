import type { SuiteParts, SuiteVerbs } from '../databases/suite-parts.js'
import { debug } from '../primitives/debug.js'
import type { Endings } from '../primitives/endings.js'
import { HotbedError } from '../primitives/error.js'
import { readHttpAnswer } from '../wire/http/http-answer.js'
import {
  readUpstream,
  type PlainUpstreamRequest,
  type UpstreamHandler,
  type UpstreamOptions,
  type UpstreamQuestion,
  type UpstreamReply,
  type UpstreamRequest,
} from '../wire/http/upstream-spec.js'
import type { Asked } from '../wire/questions.js'

/** A third party that a test has started: a real server of HTTP, whose calls stand on the suite's timeline. */
export interface Upstream {
  readonly name: string
  /** `http://127.0.0.1:41234`, without a slash at the end. */
  readonly url: string
  /** Ends it: what is on its way is cut. A second call does nothing. */
  readonly stop: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** The upstreams of one suite, whose functions are asked in one loop. */
interface Running {
  readonly handlers: Map<string, readonly (UpstreamHandler | undefined)[]>
  asking: Promise<void> | undefined
}

const running = new WeakMap<SuiteParts, Running>()

/** @throws {HotbedError} `ERR_HOTBED_OPTION`, also for a name that another upstream of the suite has; `ERR_HOTBED_DISPOSED` */
export async function startUpstream(parts: SuiteParts, endings: Endings, options: UpstreamOptions): Promise<Upstream> {
  const spec = readUpstream(options)
  const { verbs } = parts
  const own = running.get(parts) ?? { handlers: new Map(), asking: undefined }
  running.set(parts, own)
  const { handlers } = own
  const { name } = spec
  if (handlers.has(name)) {
    throw new HotbedError('ERR_HOTBED_OPTION', {
      message: `The suite has an upstream named '${name}' already.`,
      remedy: "Give each a name of its own: startUpstream({ name: 'payments', routes }), or stop the other first.",
    })
  }
  const functions = Object.values(options.routes).map((answer) => (typeof answer === 'function' ? answer : undefined))
  handlers.set(name, functions)
  const port = await (verbs.tap('openUpstream', [spec]) as Promise<number>).catch((error: unknown) => {
    handlers.delete(name)
    throw error
  })
  if (functions.some((one) => one !== undefined)) {
    own.asking ??= answerCalls(verbs, handlers)
      .catch((error: unknown) => debug('functions of routes are not asked any more: %o', error))
      .finally(() => (own.asking = undefined))
  }
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> =>
    (stopping ??= (async () => {
      forget()
      await verbs.tap('closeUpstream', [name])
      handlers.delete(name)
    })())
  const forget = endings.add(stop)
  return { name, url: `http://127.0.0.1:${port}`, stop, [Symbol.asyncDispose]: stop }
}

/** Answers what the tap asks, several at a time, for as long as the suite lives. */
async function answerCalls(verbs: SuiteVerbs, handlers: Running['handlers']): Promise<void> {
  for (;;) {
    const next = (await verbs.tap('nextCall', [])) as Asked<UpstreamQuestion> | undefined
    if (next === undefined) return
    const handler = handlers.get(next.upstream)?.[next.route]
    void answerCall(handler, next)
      .then((reply) => verbs.tap('answerCall', [next.id, reply]))
      .catch((error: unknown) => debug('the answer to a call found no suite any more: %o', error))
  }
}

async function answerCall(handler: UpstreamHandler | undefined, { request }: UpstreamQuestion): Promise<UpstreamReply> {
  const route = `${request.method} ${request.path}`
  try {
    const answer = await handler?.(readable(request))
    return { answer: readHttpAnswer(answer, `The answer of ${route}`), problem: undefined }
  } catch (error) {
    const problem = `the function of ${route} gave no answer: ${error instanceof Error ? error.message : String(error)}`
    return { answer: readHttpAnswer({ status: 500, body: { error: problem } }, route), problem }
  }
}

function readable(request: PlainUpstreamRequest): UpstreamRequest {
  return {
    ...request,
    get json(): unknown {
      try {
        return JSON.parse(request.body)
      } catch {
        return undefined
      }
    },
  }
}

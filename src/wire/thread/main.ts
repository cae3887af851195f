import { parentPort } from 'node:worker_threads'
import { packError } from '../../primitives/portable-error.js'
import type { UpstreamReply } from '../http/upstream-spec.js'
import type { BlockedSession } from '../stepping.js'
import type { TapAnswer, TapQuestion, TapReply, TapRequest } from './protocol.js'
import { subjectOf } from './live-rule.js'
import type { TappedSuite } from './suite-verbs.js'
import { openTappedSuite } from './tapped-suite.js'

const suites = new Map<number, TappedSuite>()
const asked = new Map<number, (value: TapAnswer['value']) => void>()
let lastAsk = 0

const port = parentPort
const send = (reply: TapReply): void => port?.postMessage(reply)

function ask(question: TapQuestion): Promise<TapAnswer['value']> {
  const id = (lastAsk += 1)
  return new Promise((resolve) => {
    asked.set(id, resolve)
    send({ ask: id, ...question })
  })
}

/** `false`: nobody could be asked. */
function readText(value: TapAnswer['value']): string | undefined {
  return typeof value === 'string' ? value : undefined
}

async function answer(request: TapRequest): Promise<unknown> {
  if ('open' in request) {
    const { suite } = request
    const opened = await openTappedSuite(request.open, {
      findBlocked: async (findBlocked) => ((await ask({ suite, findBlocked })) || []) as readonly BlockedSession[],
      consult: async (rule, exchange) => Boolean(await ask({ suite, rule, consult: subjectOf(exchange) })),
      askUpstream: async (call) => (await ask({ suite, ...call })) as UpstreamReply,
      readLog: async (readLog) => readText(await ask({ suite, readLog })),
      look: async (lookAfter) => void (await ask({ suite, lookAfter })),
    })
    suites.set(suite, opened)
    return opened.ports
  }
  const suite = suites.get(request.suite)
  if (suite === undefined) throw new Error(`the tap has no suite ${request.suite}`)
  if (request.verb === 'close') suites.delete(request.suite)
  return (suite[request.verb] as (...params: readonly unknown[]) => unknown)(...request.params)
}

port?.on('message', (message: TapRequest | TapAnswer) => {
  if ('answerTo' in message) {
    asked.get(message.answerTo)?.(message.value)
    asked.delete(message.answerTo)
    return
  }
  const { id } = message
  answer(message).then(
    (value) => send({ id, value }),
    (error: unknown) => send({ id, error: packError(error) }),
  )
})

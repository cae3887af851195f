import { parentPort, workerData } from 'node:worker_threads'
import { Pool } from 'undici'
import { packError } from '../../primitives/portable-error.js'
import { generate } from '../generate.js'
import type { LoadFunction } from '../request.js'
import type { UrlReply, UrlRequest, UrlRun } from './protocol.js'

const request = workerData as UrlRequest
/** The first characters of a body that says why it failed. */
const KEPT = 200

/** Connections are kept open from one run to the next. */
const pool = new Pool(request.origin, { connections: request.connections, pipelining: 1 })

const ask: LoadFunction = async ({ signal }) => {
  const { path, method, headers, body } = request
  const answer = await pool.request({ path, method, headers, body: body ?? null, signal })
  if (answer.statusCode < 400) {
    await answer.body.dump({ limit: Infinity })
    return answer.statusCode
  }
  return { statusCode: answer.statusCode, body: (await answer.body.text()).slice(0, KEPT) }
}

const port = parentPort
const send = (reply: UrlReply): void => port?.postMessage(reply)

port?.on('message', ({ run }: UrlRun) => {
  generate(run, ask, () => send({ measuring: true })).then(
    (tallied) => send({ tallied }),
    (error: unknown) => send({ error: packError(error) }),
  )
})

// A thread that passes bytes on between a client and a server and looks at none of them: what any proxy in a thread costs on this machine.
import { connect, createServer } from 'node:net'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** @returns URLs that lead to those that are given, and how to end the thread */
export async function startRelay(given) {
  const targets = given.map((url) => ({ host: new URL(url).hostname, port: Number(new URL(url).port) }))
  const worker = new Worker(new URL(import.meta.url), { workerData: targets })
  const ports = await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  const urls = given.map((url, index) => url.replace(`:${targets[index].port}`, `:${ports[index]}`))
  return { urls, end: () => worker.terminate() }
}

function relay({ host, port }) {
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host, port, noDelay: true })
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      from.on('data', (chunk) => to.write(chunk))
      from.on('error', () => {})
      from.once('close', () => to.destroy())
    }
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)))
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of a thread has no origin.
if (!isMainThread) parentPort.postMessage(await Promise.all(workerData.map(relay)))

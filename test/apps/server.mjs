// An application as a team would start it: it reads its environment and knows nothing of hotbed.
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'

const { PORT, DATABASE_URL, REDIS_URL, BEHAVIOUR = '', SESSIONS = 'memory', FIXED_PORT } = process.env

const say = (text) => process.stdout.write(`${text}\n`)

if (BEHAVIOUR === 'dies') {
  say('cannot read configuration: STRIPE_KEY is not set')
  process.exit(3)
}

/** Loaded by the request that needs them: most tests start it without. */
let pool
const query = async (sql) => {
  const { default: pg } = await import('pg')
  pool ??= new pg.Pool({ connectionString: DATABASE_URL, max: 4 })
  return pool.query(sql)
}
let client
const connectRedis = () => (client ??= import('redis').then(({ createClient }) => createClient({ url: REDIS_URL }).connect()))
const sessions = new Map()

const routes = {
  'GET /health': () => (BEHAVIOUR !== 'never warm' ? [200, 'fine'] : [503, 'warming up']),
  'GET /who': () => [
    200,
    { pid: process.pid, date: Date.now(), orders: process.env.ORDERS_URL, flag: process.env.FLAG, argv: process.argv[2] },
  ],
  'POST /orders': async () => {
    const { rows } = await query('INSERT INTO orders DEFAULT VALUES RETURNING id')
    return [201, { id: rows[0].id }]
  },
  'GET /orders/count': async () => {
    await (await connectRedis()).get('orders')
    const { rows } = await query('SELECT count(*)::int AS count FROM orders')
    return [200, rows[0]]
  },
  'POST /login': async () => {
    if (SESSIONS === 'redis') await (await connectRedis()).set('session:ada', 'ada', { EX: 60 })
    else sessions.set('ada', 'ada')
    return [200, { session: 'ada' }]
  },
  'GET /me': async (request) => {
    const id = /session=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
    const user = SESSIONS === 'redis' ? await (await connectRedis()).get(`session:${id}`) : sessions.get(id)
    return user ? [200, { user, requestId: Math.random() }] : [401, { error: 'no session', requestId: Math.random() }]
  },
  /** 20 ms of a core. */
  'GET /work': () => {
    const end = performance.now() + 20
    while (performance.now() < end);
    return [200, 'done']
  },
  /** 100 ms of a connection, of which there are 4. */
  'GET /report': async () => {
    await query('SELECT pg_sleep(0.1)')
    return [200, 'done']
  },
  'GET /never': () => {
    say('asked for what never comes')
    return new Promise(() => {})
  },
  'GET /child': () => [200, { pid: spawn('sleep', ['1000'], { stdio: 'ignore' }).pid }],
  'POST /echo': async (request) => {
    let body = ''
    for await (const chunk of request) body += chunk
    return [200, { body, forwarded: request.headers['x-forwarded-for'] !== undefined, host: request.headers.host }]
  },
}

const answer = async (request, response) => {
  const route = routes[`${request.method} ${request.url}`] ?? (() => [404, 'nothing here'])
  try {
    const [status, body] = await route(request)
    response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  } catch (error) {
    response.writeHead(500)
    response.end(String(error))
  }
}
const server = createServer((request, response) => void answer(request, response))
server.listen(Number(FIXED_PORT ?? PORT), '127.0.0.1', () => say(`listening as ${process.pid}`))
const end = async () => {
  await pool?.end()
  await (await client)?.close()
  process.exit(0)
}
process.once('SIGTERM', () => {
  if (BEHAVIOUR === 'deaf') return
  say('closing')
  server.close(() => void end())
  server.closeIdleConnections()
})
if (BEHAVIOUR === 'deaf') process.on('SIGTERM', () => say('not yet'))

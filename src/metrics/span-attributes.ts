import type { ConnectionTraffic } from '../wire/exchange.js'
import type { Command, RecordedEvent, Statement, UpstreamCall } from '../wire/recording/recording.js'

/** A span of one statement, command or call, in the words of OpenTelemetry's semantic conventions for clients of databases and of HTTP (1.38). */
export interface SpanWords {
  readonly name: string
  readonly attributes: Record<string, string | number | boolean>
  /** Undefined: it did not fail. */
  readonly error: { readonly type: string; readonly message: string } | undefined
}

const TARGET = /\b(?:FROM|INTO|UPDATE|TABLE)\s+(?:ONLY\s+)?((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/i

/** @param connection of the statement or command; calls have none */
export function wordsOf(event: RecordedEvent, connection: ConnectionTraffic | undefined): SpanWords {
  const words = ownWords(event)
  const error = event.end === undefined ? { type: 'no_reply', message: 'no reply came while it was recorded' } : words.error
  return {
    ...words,
    error,
    attributes: {
      ...words.attributes,
      ...(connection === undefined || connection.database === '' ? {} : { 'db.namespace': connection.database }),
      ...(error === undefined ? {} : { 'error.type': error.type }),
      'hotbed.connection': event.connection,
      'hotbed.position': event.start,
      ...(connection?.instance === undefined ? {} : { 'hotbed.instance': connection.instance }),
      ...(event.steered === undefined ? {} : { 'hotbed.steered': event.steered }),
    },
  }
}

function ownWords(event: RecordedEvent): SpanWords {
  if (event.store === 'postgres') return statementWords(event)
  return event.store === 'redis' ? commandWords(event) : callWords(event)
}

function statementWords({ sql, error, rows, tag }: Statement): SpanWords {
  return {
    name: summaryOf(sql),
    attributes: {
      ...sqlAttributes(sql),
      ...(tag === undefined ? {} : { 'db.response.returned_rows': rows }),
      ...(error === undefined ? {} : { 'db.response.status_code': error.code }),
    },
    error: error && { type: error.code, message: error.message },
  }
}

/** Of a statement that the server ran within another, nothing but its text is known. */
export function nestedWords(sql: string, times: number): Omit<SpanWords, 'error'> {
  return { name: summaryOf(sql), attributes: { ...sqlAttributes(sql), 'hotbed.times': times } }
}

function sqlAttributes(sql: string): Record<string, string> {
  return {
    'db.system.name': 'postgresql',
    'db.query.text': sql,
    'db.operation.name': operationOf(sql),
    'db.query.summary': summaryOf(sql),
  }
}

function commandWords({ name, args, error }: Command): SpanWords {
  const code = error?.split(' ', 1)[0] ?? ''
  return {
    name,
    attributes: {
      'db.system.name': 'redis',
      'db.query.text': args.join(' '),
      'db.operation.name': name,
      ...(error === undefined ? {} : { 'db.response.status_code': code }),
    },
    error: error === undefined ? undefined : { type: code, message: error },
  }
}

function callWords({ upstream, method, path, route, status, error }: UpstreamCall): SpanWords {
  const template = route?.slice(route.indexOf(' ') + 1)
  return {
    name: template === undefined ? method : `${method} ${template}`,
    attributes: {
      'http.request.method': method,
      // Its host is the test's; the upstream is who it stands for.
      'server.address': upstream,
      'url.path': path.split('?', 1)[0] ?? '',
      ...(template === undefined ? {} : { 'url.template': template }),
      ...(status === undefined ? {} : { 'http.response.status_code': status }),
    },
    error: error === undefined ? undefined : { type: error, message: error },
  }
}

function operationOf(sql: string): string {
  return /[a-z]+/i.exec(sql)?.[0].toUpperCase() ?? ''
}

/** `SELECT orders`: of few different values, as names of spans should be. */
function summaryOf(sql: string): string {
  const target = TARGET.exec(sql)?.[1]
  return target === undefined ? operationOf(sql) : `${operationOf(sql)} ${target}`
}

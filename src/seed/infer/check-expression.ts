/** An SQL condition, as far as it is understood. */
export type Expression =
  | { readonly is: 'column'; readonly name: string }
  | { readonly is: 'literal'; readonly value: string | number | boolean | null }
  | { readonly is: 'list'; readonly items: readonly Expression[] }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly is: 'operation'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly is: 'any'; readonly operator: string; readonly left: Expression; readonly list: Expression }
  | { readonly is: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly is: 'not'; readonly part: Expression }
  | { readonly is: 'null test'; readonly of: Expression; readonly isNull: boolean }

const TOKEN =
  /\s*(?:(\d+(?:\.\d*)?(?:e[+-]?\d+)?)|(E?'(?:[^'\\]|''|\\.)*')|("(?:[^"]|"")+"|[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*)|(::|[-+*/<>=~!@#%^&|`?]+|[()[\],.:;]))/gy

interface Token {
  readonly is: 'number' | 'string' | 'word' | 'sign'
  readonly text: string
}

/** Parses what `pg_get_expr` prints, conservatively: `undefined` for anything beyond comparisons, lists, calls, AND, OR, NOT and IS NULL. */
export function parseExpression(sql: string): Expression | undefined {
  const tokens = tokenize(sql)
  if (tokens === undefined) return undefined
  try {
    const reader = createReader(tokens)
    const expression = readOr(reader)
    return reader.peek() === undefined ? expression : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function tokenize(sql: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  const text = sql.trimEnd()
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text)
    if (match === null) return undefined
    if (match[1] !== undefined) tokens.push({ is: 'number', text: match[1] })
    else if (match[2] !== undefined) {
      const isEscaped = match[2].startsWith('E')
      const body = match[2].slice(isEscaped ? 2 : 1, -1).replaceAll("''", "'")
      tokens.push({ is: 'string', text: isEscaped ? body.replaceAll(/\\(.)/g, '$1') : body })
    } else if (match[3] !== undefined) tokens.push({ is: 'word', text: match[3] })
    else tokens.push({ is: 'sign', text: match[4] ?? '' })
  }
  return tokens
}

interface Reader {
  readonly peek: () => Token | undefined
  readonly next: () => Token
  /** Takes the words or sign, when they are what follows. */
  readonly take: (...texts: readonly string[]) => boolean
  readonly expect: (text: string) => void
}

function createReader(tokens: readonly Token[]): Reader {
  let at = 0
  const matches = (token: Token | undefined, text: string): boolean =>
    token !== undefined && (token.is === 'word' || token.is === 'sign') && token.text.toUpperCase() === text
  const take = (...texts: readonly string[]): boolean => {
    if (!texts.every((text, i) => matches(tokens[at + i], text))) return false
    at += texts.length
    return true
  }
  return {
    peek: () => tokens[at],
    next: () => {
      const token = tokens[at]
      if (token === undefined) throw new SyntaxError('end of expression')
      at += 1
      return token
    },
    take,
    expect: (text) => {
      if (!take(text)) throw new SyntaxError(`${text} expected`)
    },
  }
}

function readOr(reader: Reader): Expression {
  const parts = [readAnd(reader)]
  while (reader.take('OR')) parts.push(readAnd(reader))
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { is: 'or', parts }
}

function readAnd(reader: Reader): Expression {
  const parts = [readNot(reader)]
  while (reader.take('AND')) parts.push(readNot(reader))
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { is: 'and', parts }
}

function readNot(reader: Reader): Expression {
  return reader.take('NOT') ? { is: 'not', part: readNot(reader) } : readComparison(reader)
}

function readComparison(reader: Reader): Expression {
  const left = readSum(reader)
  if (reader.take('IS', 'NOT', 'NULL')) return { is: 'null test', of: left, isNull: false }
  if (reader.take('IS', 'NULL')) return { is: 'null test', of: left, isNull: true }
  const token = reader.peek()
  if (token?.is !== 'sign' || !/^(?:[<>=]|<=|>=|<>|!=|!?~~?\*?)$/.test(token.text)) return left
  const operator = reader.next().text
  if (!reader.take('ANY')) return { is: 'operation', operator, left, right: readSum(reader) }
  reader.expect('(')
  const list = readOr(reader)
  reader.expect(')')
  return { is: 'any', operator, left, list }
}

function readSum(reader: Reader): Expression {
  let left = readValue(reader)
  for (;;) {
    const token = reader.peek()
    if (token?.is !== 'sign' || !/^(?:[-+*/%]|\|\|)$/.test(token.text)) return left
    const operator = reader.next().text
    left = { is: 'operation', operator, left, right: readValue(reader) }
  }
}

function readValue(reader: Reader): Expression {
  let value = readPlainValue(reader)
  while (reader.take('::')) value = readCast(reader, value)
  return value
}

function readPlainValue(reader: Reader): Expression {
  if (reader.take('(')) {
    const inner = readOr(reader)
    reader.expect(')')
    return inner
  }
  if (reader.take('-')) {
    const value = readPlainValue(reader)
    if (value.is !== 'literal' || typeof value.value !== 'number') throw new SyntaxError('a number expected')
    return { is: 'literal', value: -value.value }
  }
  if (reader.take('ARRAY', '[')) return { is: 'list', items: readItems(reader, ']') }
  const token = reader.next()
  if (token.is === 'number') return { is: 'literal', value: Number(token.text) }
  if (token.is === 'string') return { is: 'literal', value: token.text }
  if (token.is !== 'word') throw new SyntaxError(`unexpected ${token.text}`)
  const word = token.text.toUpperCase()
  if (word === 'TRUE' || word === 'FALSE') return { is: 'literal', value: word === 'TRUE' }
  if (word === 'NULL') return { is: 'literal', value: null }
  if (word === 'CASE') throw new SyntaxError('CASE')
  const name = token.text.startsWith('"') ? token.text.slice(1, -1).replaceAll('""', '"') : token.text
  return reader.take('(') ? { is: 'call', name: name.toLowerCase(), args: readItems(reader, ')') } : { is: 'column', name }
}

function readItems(reader: Reader, end: string): readonly Expression[] {
  const items: Expression[] = []
  if (reader.take(end)) return items
  do items.push(readOr(reader))
  while (reader.take(','))
  reader.expect(end)
  return items
}

/** Casts change nothing that matters here, except that a number in quotes becomes one. */
function readCast(reader: Reader, value: Expression): Expression {
  let type = reader.next().text
  while (reader.peek()?.is === 'word' && /^(?:precision|varying|with|without|time|zone)$/i.test(reader.peek()?.text ?? ''))
    type += ` ${reader.next().text}`
  while (reader.take('.')) type = reader.next().text
  if (reader.take('(')) while (!reader.take(')')) reader.next()
  while (/^(?:precision|varying|with|without|time|zone)$/i.test(reader.peek()?.text ?? '')) reader.next()
  let isArray = false
  while (reader.take('[', ']')) isArray = true
  if (isArray && value.is === 'literal' && typeof value.value === 'string') return readArrayLiteral(value.value)
  const isNumber = /^(?:smallint|integer|bigint|numeric|real|double|decimal|money)/i.test(type)
  return isNumber &&
    value.is === 'literal' &&
    typeof value.value === 'string' &&
    value.value.trim() !== '' &&
    Number.isFinite(Number(value.value))
    ? { is: 'literal', value: Number(value.value) }
    : value
}

/** `{a,b}`, without quotes or nesting. */
function readArrayLiteral(text: string): Expression {
  if (!/^\{[^"{}\\]*\}$/.test(text)) throw new SyntaxError('array')
  return {
    is: 'list',
    items: text
      .slice(1, -1)
      .split(',')
      .map((value) => ({ is: 'literal', value })),
  }
}

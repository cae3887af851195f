/** One fenced block of a page. */
export interface Block {
  /** The page, such as `docs/plans.md`. */
  readonly page: string
  /** Line of the first line of code, counted from 1. */
  readonly line: number
  readonly language: string
  readonly code: string
  /**
   * What is done with it, as said after the language:
   *
   * - `file=PATH`: a file of the reader's project; when it is a test file, it is run.
   * - `test`: a test file without a name; it is run.
   * - `run`: a script; it is run by node.
   * - `fragment`: lines of a test that has `suite`, `postgres`, `redis`, a `plan` and a `recording`; types are checked.
   * - nothing: a module; types are checked.
   */
  readonly use: 'file' | 'test' | 'run' | 'fragment' | 'module'
  /** Where it lies in the reader's project. */
  readonly path: string
}

const FENCE = /^```(\w+)?[ \t]*(.*)$/
const USES = ['test', 'run', 'fragment'] as const

/** The TypeScript blocks of a page, and blocks of other languages that are files of the reader's project. */
export function readBlocks(page: string, markdown: string): readonly Block[] {
  const blocks: Block[] = []
  const lines = markdown.split('\n')
  for (let index = 0; index < lines.length; index += 1) {
    const [, language = '', info = ''] = FENCE.exec(lines[index] ?? '') ?? []
    if (!lines[index]?.startsWith('```')) continue
    const end = lines.indexOf('```', index + 1)
    if (end < 0) throw new Error(`${page}:${index + 1} opens a block that is never closed.`)
    const code = lines.slice(index + 1, end)
    if (language === 'ts' || info.includes('file='))
      blocks.push(readBlock({ page, line: index + 2, language, code: `${code.join('\n')}\n` }, info))
    index = end
  }
  return blocks
}

function readBlock(block: Pick<Block, 'page' | 'line' | 'language' | 'code'>, info: string): Block {
  const words = info.split(/\s+/).filter((word) => word !== '')
  const word = words[0]
  if (words.length > 1) throw new Error(`${block.page}:${block.line - 1} says '${info}': one word is expected.`)
  if (word?.startsWith('file=')) return { ...block, use: 'file', path: word.slice('file='.length) }
  const use = USES.find((name) => name === word)
  if (word !== undefined && use === undefined) {
    throw new Error(`${block.page}:${block.line - 1} says '${word}': file=PATH, ${USES.join(', ')} or nothing is expected.`)
  }
  const name = `${block.page.replace(/\W+/g, '-')}-${block.line}`.toLowerCase()
  return { ...block, use: use ?? 'module', path: `blocks/${name}${use === 'test' ? '.test' : ''}.ts` }
}

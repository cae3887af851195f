import { posix } from 'node:path'
import ts from 'typescript'
import type { Files } from './repository.js'

/** One import, re-export or `import()` of a file. */
export interface Import {
  readonly line: number
  readonly specifier: string
  /** A path of the repository when the specifier is relative, else the specifier. */
  readonly target: string
  /** `import type` only: `import { type A }` still loads the module. */
  readonly typeOnly: boolean
  readonly dynamic: boolean
  readonly star: boolean
}

/** Reads the imports out of the syntax tree, so that neither comments nor strings are taken for one. */
export function readImports(path: string, text: string): readonly Import[] {
  const source = parse(path, text)
  const found: Import[] = []
  const add = (node: ts.Node, literal: ts.Node | undefined, kind: Partial<Pick<Import, 'typeOnly' | 'dynamic' | 'star'>>): void => {
    if (literal === undefined || !ts.isStringLiteralLike(literal)) return
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
    const facts = { typeOnly: false, dynamic: false, star: false, ...kind }
    found.push({ line: line + 1, specifier: literal.text, target: resolve(path, literal.text), ...facts })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, { typeOnly: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword })
    } else if (ts.isExportDeclaration(node)) {
      const star = node.exportClause === undefined || ts.isNamespaceExport(node.exportClause)
      add(node, node.moduleSpecifier, { typeOnly: node.isTypeOnly, star })
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], { dynamic: true })
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal, { typeOnly: true })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

export function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
}

/** Files of these folders that are TypeScript. */
export function sourcesOf(files: Files, ...folders: readonly string[]): readonly (readonly [string, string])[] {
  return [...files].filter(([path]) => path.endsWith('.ts') && folders.some((folder) => path.startsWith(`${folder}/`)))
}

function resolve(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts')
}

import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export interface ActionStep {
  readonly id?: string
  readonly name: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, string>>
  readonly if?: string
  readonly shell?: string
  readonly env?: Readonly<Record<string, string>>
  readonly run?: string
}

export interface Action {
  readonly name: string
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>
  readonly outputs: Readonly<Record<string, { readonly value: string }>>
  readonly runs: { readonly using: string; readonly steps: readonly ActionStep[] }
}

export function readAction(): Action {
  return parse(readFileSync(new URL('../../.github/actions/hotbed/action.yml', import.meta.url), 'utf8')) as Action
}

/** What an expression of the workflow language stands for: names of contexts, and nothing else is used here. */
export function fillIn(text: string, contexts: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ *([\w.-]+) *\}\}/g, (expression, name: string) => {
    const value = contexts[name]
    if (value === undefined) throw new Error(`${expression} stands for nothing.`)
    return value
  })
}

/** `name=value` lines, as steps write them into the files that they are given. */
export function readLines(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

import { spawn } from 'node:child_process'

const dist = new URL('../../../dist/', import.meta.url).href

export interface ScriptEnd {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a script in a process of its own, from what is built. `from('servers/…')` loads a file of it. */
export async function runScript(script: string, env: Readonly<Record<string, string>> = {}): Promise<ScriptEnd> {
  const head = `const from = (path) => import('${dist}' + path)\n`
  const child = spawn(process.execPath, ['--input-type=module', '-e', head + script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text))
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, ...output }
}

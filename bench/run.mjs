// `npm run bench` lists the benches, `npm run bench NAME` runs one, `npm run bench all` runs all in turn.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const directory = fileURLToPath(new URL('.', import.meta.url))

/** A bench is a script of this folder that exports nothing; its first comment says what it measures. */
const benches = readdirSync(directory)
  .filter((file) => file.endsWith('.mjs') && file !== basename(import.meta.filename))
  .map((file) => ({ name: basename(file, '.mjs'), path: join(directory, file), text: readFileSync(join(directory, file), 'utf8') }))
  .filter(({ text }) => !/^export /m.test(text))

const [wanted, ...args] = process.argv.slice(2)
if (wanted === undefined) {
  for (const { name, text } of benches) process.stdout.write(`${name.padEnd(16)} ${/^\/\/ *(.*)/.exec(text)?.[1] ?? ''}\n`)
} else {
  const chosen = wanted === 'all' ? benches : benches.filter(({ name }) => name === wanted)
  if (chosen.length === 0) {
    process.stderr.write(`There is no bench '${wanted}'. There are: ${benches.map(({ name }) => name).join(', ')}, all.\n`)
    process.exitCode = 1
  }
  for (const { path } of chosen) {
    const { status } = spawnSync(process.execPath, [path, ...args], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readStepContent } from '../../../src/databases/migrations/step-content.js'
import { fingerprint } from '../../../src/primitives/fingerprint.js'
import type { TemplateStep } from '../../../src/databases/template-step.js'
import { makeFolder } from '../place.js'

async function print(step: TemplateStep): Promise<string> {
  return fingerprint(await readStepContent(step))
}

test('a folder is its files: names, order and content', async () => {
  const folder = makeFolder({ '1.sql': 'SELECT 1', 'note.md': 'a' })
  const before = await print(folder)
  writeFileSync(join(folder, 'note.md'), 'b')
  expect(await print(folder)).toBe(before)
  writeFileSync(join(folder, '1.sql'), 'SELECT 2')
  expect(await print(folder)).not.toBe(before)
})

test('a down part decides nothing', async () => {
  const folder = makeFolder({ '1.sql': 'SELECT 1;\n-- migrate:down\nSELECT 2' })
  const before = await print(folder)
  writeFileSync(join(folder, '1.sql'), 'SELECT 1;\n-- migrate:down\nSELECT 3')
  expect(await print(folder)).toBe(before)
})

test('a function or command without inputs has no content that could be known', async () => {
  expect(await readStepContent({ run: () => {} })).toBeUndefined()
  expect(await readStepContent({ command: 'true' })).toBeUndefined()
})

test('a command is its line, its variables and the files it names', async () => {
  const cwd = makeFolder({ 'prisma/schema.prisma': 'a', 'prisma/.hidden': 'h', 'prisma/node_modules/x': 'x', 'src/a.ts': 'a' })
  const step = { command: 'prisma migrate deploy', cwd, inputs: ['prisma/**'] }
  const before = await print(step)
  writeFileSync(join(cwd, 'src/a.ts'), 'b')
  writeFileSync(join(cwd, 'prisma/node_modules/x'), 'y')
  expect(await print(step)).toBe(before)
  expect(await print({ ...step, command: 'prisma db push' })).not.toBe(before)
  expect(await print({ ...step, env: { A: '1' } })).not.toBe(before)
  writeFileSync(join(cwd, 'prisma/.hidden'), 'changed')
  const afterHidden = await print(step)
  expect(afterHidden).not.toBe(before)
  writeFileSync(join(cwd, 'prisma/schema.prisma'), 'b')
  expect(await print(step)).not.toBe(afterHidden)
})

test('a function is its code and the files it names', async () => {
  const folder = makeFolder({ 'a.json': '1' })
  const inputs = [`${folder}/*.json`]
  const before = await print({ run: () => 1, inputs })
  expect(await print({ run: () => 1, inputs })).toBe(before)
  expect(await print({ run: () => 2, inputs })).not.toBe(before)
  writeFileSync(join(folder, 'a.json'), '2')
  expect(await print({ run: () => 1, inputs })).not.toBe(before)
})

test('a function that depends on nothing but its code says so by an empty list', async () => {
  expect(await readStepContent({ run: () => 1, inputs: [] })).toBeDefined()
})

test('inputs that name no file are refused', async () => {
  const cwd = makeFolder({})
  await expect(readStepContent({ command: 'true', cwd, inputs: ['prisma/**', '*.ts'] })).rejects.toMatchObject({
    code: 'ERR_HOTBED_OPTION',
    message: `No file matches inputs 'prisma/**', '*.ts' in ${cwd}. [ERR_HOTBED_OPTION]
  → Name the files whose content decides the result, so that a change makes a new template.`,
  })
})

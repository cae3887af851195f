// What one isolated test file pays for importing hotbed/vitest: measured inside vitest, beyond what vitest has loaded anyway.
import { runVitest } from './run-vitest.mjs'

const { output } = runVitest({
  'import.test.mjs': `
    import { test } from 'vitest'
    test('import', async () => {
      const start = performance.now()
      await import('hotbed/vitest')
      const importMs = performance.now() - start
      const loaded = process.report.getReport().sharedObjects === undefined ? [] : Object.keys((await import('node:module')).createRequire(import.meta.url).cache)
      const clients = loaded.filter((file) => /node_modules[/](pg|@redis|redis|ioredis)[/]/.test(file)).length
      console.log('FIGURES ' + JSON.stringify({ importMs, clients }))
    })`,
})
console.log(/FIGURES (\{.*\})/.exec(output)[1])

// For every way: adds what setup files took, and says at the end how many tests passed.
import { appendFileSync, writeFileSync } from 'node:fs'

export default class {
  onTestModuleEnd(module) {
    appendFileSync(process.env.BENCH_SETUPS, `${module.diagnostic().setupDuration}\n`)
  }
  onTestRunEnd(modules, unhandled) {
    const failures = modules.flatMap((module) => [
      ...module.errors(),
      ...[...module.children.allTests()].flatMap((test) => test.result().errors ?? []),
    ])
    for (const { message } of [...unhandled, ...failures].slice(0, 3)) process.stderr.write(`${message}\n`)
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const passed = tests.filter((test) => test.ok() && test.result().state === 'passed').length
    writeFileSync(process.env.BENCH_RESULT, JSON.stringify({ files: modules.length, tests: tests.length, passed }))
  }
}

import { expect, test } from 'vitest'
import { addToConfig, type ProjectConfig } from '../../src/vitest/project-config.js'

const ADDITION = { project: 'project-1', globalSetup: '/hotbed/global-setup.js', setupFile: '/hotbed/setup-file.js' }

function added(config: ProjectConfig): ProjectConfig {
  addToConfig(config, ADDITION)
  return config
}

test('an empty config gets what hotbed needs', () => {
  expect(added({})).toEqual({
    test: {
      globalSetup: ['/hotbed/global-setup.js'],
      setupFiles: ['/hotbed/setup-file.js'],
      provide: { hotbedProject: 'project-1' },
    },
  })
})

test('what the user has stays, and comes after', () => {
  const config = added({
    test: {
      globalSetup: './seed.ts',
      setupFiles: ['./one.ts', './two.ts'],
      provide: { port: 1 },
    },
  })

  expect(config.test).toEqual({
    globalSetup: ['/hotbed/global-setup.js', './seed.ts'],
    setupFiles: ['/hotbed/setup-file.js', './one.ts', './two.ts'],
    provide: { port: 1, hotbedProject: 'project-1' },
  })
})

test('a config that was added to is not added to twice', () => {
  const config = added(added({}))

  expect(config.test?.setupFiles).toEqual(['/hotbed/setup-file.js'])
  expect(config.test?.globalSetup).toEqual(['/hotbed/global-setup.js'])
})

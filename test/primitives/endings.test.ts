import { expect, test } from 'vitest'
import { createEndings, endLiveEndings } from '../../src/primitives/endings.js'

test('what is left ends youngest first, once; what has ended already is left alone', async () => {
  const endings = createEndings()
  const ended: string[] = []
  const note = (name: string) => (): Promise<void> => {
    ended.push(name)
    return Promise.resolve()
  }
  endings.add(note('server'))
  const forget = endings.add(note('ended before'))
  endings.add(note('application'))
  forget()

  await endings.endAll()
  await endings.endAll()

  expect(ended).toEqual(['application', 'server'])
})

test('one that fails keeps nothing else from ending, and is heard of', async () => {
  const endings = createEndings()
  const ended: string[] = []
  endings.add(() => Promise.resolve(void ended.push('server')))
  endings.add(() => Promise.reject(new Error('will not end')))

  await expect(endings.endAll()).rejects.toThrow('will not end')
  expect(ended).toEqual(['server'])
})

test('what owners have not ended themselves can be ended for all of them', async () => {
  const [one, other] = [createEndings(), createEndings()]
  const ended: string[] = []
  one.add(() => Promise.resolve(void ended.push('application')))
  other.add(() => Promise.resolve(void ended.push('server')))
  other.add(() => Promise.resolve(void ended.push('upstream')))

  await endLiveEndings()
  await endLiveEndings()
  await other.endAll()

  expect(ended).toEqual(['application', 'upstream', 'server'])
})

import type { Schedule } from '../stepping.js'
import { createStepsPicker, createTurnsPicker } from './planned-pickers.js'
import { createRandomPicker } from './random-picker.js'
import type { StepPicker } from './step-candidate.js'

export function createStepPicker(schedule: Schedule, participants: number): StepPicker {
  switch (schedule.kind) {
    case 'random':
      return createRandomPicker(schedule.seed, participants)
    case 'turns':
      return createTurnsPicker(schedule.turns)
    case 'steps':
      return createStepsPicker(schedule.steps)
    default:
      return schedule satisfies never
  }
}

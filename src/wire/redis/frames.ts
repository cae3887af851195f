export { createCommandFrames } from './command-frames.js'
export { createReplyFrames } from './reply-frames.js'

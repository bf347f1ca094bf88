#!/usr/bin/env node
// The door: looks whether this Node and the packages are as needed, then runs src/cli.ts in this same process.
import { isReady } from './install.js'

if (isReady()) {
  const tsx = await import('tsx/esm/api')
  tsx.register()
  await import('../src/cli.ts')
} else process.exitCode = 1

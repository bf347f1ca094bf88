import type { Phase } from '../call/call.ts'

/** Where a call may stand, for openapi.json. */
export const PHASES = [
  'arriving',
  'in-flow',
  'leaving-voicemail',
  'transferring-out',
  'scheduled',
  'queued',
  'ringing',
  'dialling',
  'talking',
  'surveying',
  'ended',
] as const satisfies readonly Phase[]

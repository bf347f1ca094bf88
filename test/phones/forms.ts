import type { KeyForm } from '../../src/softphone/dtmf.ts'

/** The forms in which a telephone may tell of a key. */
export const FORMS: readonly KeyForm[] = ['event', 'relay', 'info', 'tones']
